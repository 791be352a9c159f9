package lab

import (
	"slices"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// flush empties the connection tracking of every host that translates, where
// no tunnel depends on it.
func (l *Lab) flush() error {
	if len(l.tunnels) > 0 {
		return nil // a tunnel's own packets may be tracked
	}
	for _, ns := range l.boxes {
		if !ns.tracks {
			continue
		}
		if ns.ct == nil {
			if err := l.t.in(ns, func() (err error) {
				ns.ct, err = netlink.NewHandle(unix.NETLINK_NETFILTER)
				return err
			}); err != nil {
				return err
			}
		}
		if err := ns.ct.ConntrackTableFlush(netlink.ConntrackTable); err != nil {
			return err
		}
	}
	return nil
}

// translates reports whether any host tracks connections.
func (l *Lab) translates() bool {
	return slices.ContainsFunc(l.boxes, func(ns *namespace) bool { return ns.tracks })
}
