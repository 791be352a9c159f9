package lab

import (
	"fmt"
	"os"
	"runtime"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// A namespace is an unnamed network namespace, held by an open file.
type namespace struct {
	name string
	fd   int
	nl   *netlink.Handle
	// tracks tells that connections are tracked here; ct reaches them.
	tracks bool
	ct     *netlink.Handle
}

// A thread is the operating system thread of one worker, which steps into
// namespaces and back. The goroutine that makes it is locked to it for good.
type thread struct {
	home int
	at   int // the namespace it is in
}

func newThread() (*thread, error) {
	runtime.LockOSThread()
	fd, err := openSelf()
	if err != nil {
		return nil, err
	}
	return &thread{home: fd, at: fd}, nil
}

func openSelf() (int, error) {
	return unix.Open(fmt.Sprintf("/proc/self/task/%d/ns/net", unix.Gettid()), unix.O_RDONLY|unix.O_CLOEXEC, 0)
}

// in runs f inside a namespace.
func (t *thread) in(ns *namespace, f func() error) error {
	if err := t.enter(ns.fd); err != nil {
		return fmt.Errorf("entering %s: %w", ns.name, err)
	}
	return f()
}

func (t *thread) enter(fd int) error {
	if t.at == fd {
		return nil
	}
	if err := unix.Setns(fd, unix.CLONE_NEWNET); err != nil {
		return err
	}
	t.at = fd
	return nil
}

// leave goes back to where the thread began.
func (t *thread) leave() error { return t.enter(t.home) }

// newNamespace makes a namespace and leaves the thread in it.
func (t *thread) newNamespace(name string) (*namespace, error) {
	if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
		return nil, fmt.Errorf("new namespace %s: %w", name, err)
	}
	fd, err := openSelf()
	if err != nil {
		return nil, err
	}
	t.at = fd
	nl, err := netlink.NewHandle(unix.NETLINK_ROUTE)
	if err != nil {
		unix.Close(fd)
		return nil, err
	}
	return &namespace{name: name, fd: fd, nl: nl}, nil
}

func (ns *namespace) close() {
	ns.nl.Close()
	if ns.ct != nil {
		ns.ct.Close()
	}
	unix.Close(ns.fd)
}

// sysctl writes settings of the namespace that the thread is in.
func sysctl(settings ...[2]string) error {
	for _, s := range settings {
		fd, err := unix.Open("/proc/sys/net/"+s[0], unix.O_WRONLY|unix.O_CLOEXEC, 0)
		if err == nil {
			_, err = unix.Write(fd, []byte(s[1]))
			unix.Close(fd)
		}
		if err != nil {
			return fmt.Errorf("sysctl %s=%s: %w", s[0], s[1], err)
		}
	}
	return nil
}

// haveTUN says why tunnels cannot be built, or nil.
func haveTUN() error {
	f, err := os.OpenFile("/dev/net/tun", os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return f.Close()
}
