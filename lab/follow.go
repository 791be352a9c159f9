package lab

import (
	"encoding/binary"
	"time"

	"golang.org/x/sys/unix"

	"github.com/vpcpath/vpcpath/internal/packet"
)

// follow reads the log and serves until the probe has ended.
func (r *request) follow(guard time.Duration) {
	deadline := time.Now().Add(guard)
	for {
		more := r.step()
		if r.walk.ended || r.out.Home && r.answered() || r.out.Refused {
			return
		}
		if more {
			deadline = time.Now().Add(guard)
			continue
		}
		left := time.Until(deadline)
		if left <= 0 {
			return
		}
		fds := []unix.PollFd{
			{Fd: int32(r.l.log.fd), Events: unix.POLLIN},
			{Fd: int32(r.l.serve.epoll), Events: unix.POLLIN},
			{Fd: int32(r.fd), Events: unix.POLLIN | unix.POLLOUT},
		}
		if r.out.Home || r.p.Header.Proto != packet.TCP {
			fds[2].Events = unix.POLLIN
		}
		ts := unix.NsecToTimespec(left.Nanoseconds())
		_, _ = unix.Ppoll(fds, &ts, nil)
	}
}

// answered reports whether a server has told of the request; a TCP server
// does so a moment behind the client.
func (r *request) answered() bool {
	return r.p.Header.Proto == packet.ICMP || r.p.Header.Proto == packet.ICMPv6 || len(r.visits) > 0
}

// step takes in what has happened; it reports whether anything has.
func (r *request) step() bool {
	n := r.reports()
	had := len(r.visits)
	r.visits = r.l.serve.poll(r.visits)
	for k := had; k < len(r.visits); k++ {
		v := r.visits[k]
		if v.conn == 0 && v.token != r.token {
			r.visits = append(r.visits[:k], r.visits[k+1:]...)
			k--
			continue
		}
		r.out.Answered, r.out.Seen = v.node.String(), v.peer
		n++
	}
	if !r.out.Home && r.received() {
		r.out.Home = true
		n++
	}
	return n > 0
}

// reports takes in what the log has.
func (r *request) reports() int {
	r.l.seen = r.l.log.read(r.l.seen[:0])
	for _, rep := range r.l.seen {
		r.walk.report(rep)
	}
	return len(r.l.seen)
}

// received reports whether the answer has come to the client's socket.
func (r *request) received() bool {
	var b [256]byte
	switch r.p.Header.Proto {
	case packet.TCP:
		p := []unix.PollFd{{Fd: int32(r.fd), Events: unix.POLLOUT}}
		if n, err := unix.Poll(p, 0); err != nil || n == 0 {
			return false
		}
		code, err := unix.GetsockoptInt(r.fd, unix.SOL_SOCKET, unix.SO_ERROR)
		if err == nil && code == 0 {
			return true
		}
		r.out.Refused = true
		return false
	case packet.UDP:
		n, err := unix.Read(r.fd, b[:])
		return err == nil && n >= 8 && binary.BigEndian.Uint64(b[:]) == r.token
	}
	for {
		n, err := unix.Read(r.fd, b[:])
		if err != nil {
			return false
		}
		if isEchoReply(r.p.Header.Proto, b[:n], r.id, r.token) {
			return true
		}
	}
}

// settle lets what is still on its way through a tunnel arrive.
func (l *Lab) settle() {
	for range 20 {
		_ = l.serve.poll(nil)
		time.Sleep(time.Millisecond)
	}
}
