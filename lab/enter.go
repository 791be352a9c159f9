package lab

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// childMark is set in the environment of the process that runs inside.
const childMark = "VPCPATH_LAB_INSIDE"

// Require reports whether a lack of permission is a failure rather than a
// reason to skip.
func Require() bool { return os.Getenv("VPCPATH_LAB") == "require" }

// Enter runs the whole process again inside a fresh network namespace and
// exits with its status; it returns only inside, or with an error that says
// why no namespace can be made. Root gets a network namespace, anybody else a
// user namespace around it. The process inside dies with the one outside.
func Enter() error {
	if os.Getenv(childMark) != "" {
		return prepare()
	}
	if _, err := exec.LookPath("nft"); err != nil {
		return errors.New("nft is not installed (Debian package nftables)")
	}
	// Pdeathsig is bound to the thread that starts the child.
	runtime.LockOSThread()
	attempts := []*syscall.SysProcAttr{userNamespace()}
	if os.Geteuid() == 0 {
		attempts = append([]*syscall.SysProcAttr{{Cloneflags: unix.CLONE_NEWNET}}, attempts...)
	}
	var firstErr error
	for _, attr := range attempts {
		attr.Pdeathsig = syscall.SIGKILL
		cmd := exec.Command("/proc/self/exe", os.Args[1:]...)
		cmd.Env = append(os.Environ(), childMark+"=root")
		if attr.Cloneflags&unix.CLONE_NEWUSER != 0 {
			cmd.Env = append(os.Environ(), childMark+"=user")
		}
		cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
		cmd.SysProcAttr = attr
		if err := cmd.Start(); err != nil {
			if firstErr == nil {
				firstErr = err
			}
			continue
		}
		err := cmd.Wait()
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			os.Exit(max(exit.ExitCode(), 1))
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	runtime.UnlockOSThread()
	return fmt.Errorf("cannot create network namespaces (%w); run as root, or allow unprivileged user namespaces (sysctl kernel.apparmor_restrict_unprivileged_userns=0 where AppArmor forbids them)", firstErr)
}

func userNamespace() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{
		Cloneflags:  unix.CLONE_NEWUSER | unix.CLONE_NEWNET,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Geteuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getegid(), Size: 1}},
	}
}

// inUserNamespace reports whether the process has its rights in a user
// namespace only.
func inUserNamespace() bool { return os.Getenv(childMark) == "user" }

// prepare raises the limit of open files as far as it goes: a topology of
// many hosts has many listeners.
func prepare() error {
	var l unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &l); err == nil && l.Cur < l.Max {
		l.Cur = l.Max
		_ = unix.Setrlimit(unix.RLIMIT_NOFILE, &l)
	}
	return nil
}
