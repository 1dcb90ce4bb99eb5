package local

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
)

// Name is the socket's in the data folder.
const Name = "socket"

// longest is how many bytes the name of a socket can have, which is far less
// than other names can: 107 on Linux and Windows, 103 on macOS.
const longest = len(syscall.RawSockaddrUnix{}.Path) - 1

// listen makes the folder's socket, in place of one that a killed process may
// have left. The caller has the folder's lock, so nobody else listens there.
func listen(dir string) (net.Listener, error) {
	path := filepath.Join(dir, Name)
	if runtime.GOOS == "windows" { // rights come from the folder
		_ = os.Remove(path) // listening fails if it is in the way
		return listenAt(dir, Name)
	}
	// A socket is made with the rights that the umask leaves, and answers at
	// once. So it is made in a folder that only we can enter, and moved when
	// its rights are right.
	private := path + ".new"
	if err := os.RemoveAll(private); err != nil {
		return nil, err
	}
	if err := os.Mkdir(private, 0o700); err != nil {
		return nil, err
	}
	defer os.RemoveAll(private)
	ln, err := listenAt(private, Name)
	if err != nil {
		return nil, err
	}
	made := filepath.Join(private, Name)
	if err = os.Chmod(made, 0o600); err == nil {
		err = os.Rename(made, path)
	}
	if err != nil {
		ln.Close()
		return nil, err
	}
	return ln, nil
}

func listenAt(dir, name string) (ln net.Listener, err error) {
	err = short(dir, name, func(path string) error {
		ln, err = net.Listen("unix", path)
		return err
	})
	if err != nil {
		return nil, err
	}
	ln.(*net.UnixListener).SetUnlinkOnClose(false) // it knows a name that is gone
	return ln, nil
}

// dial connects to the folder's socket.
func dial(ctx context.Context, dir string) (conn net.Conn, err error) {
	err = short(dir, Name, func(path string) error {
		conn, err = new(net.Dialer).DialContext(ctx, "unix", path)
		return err
	})
	return conn, err
}

// short calls use with a path of the file in the folder that is short enough
// for a socket: a data folder may lie deeper, then the path goes by a symbolic
// link that is there during the call.
func short(dir, name string, use func(path string) error) error {
	path := filepath.Join(dir, name)
	if len(path) <= longest {
		return use(path)
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	hall, err := os.MkdirTemp("", "scimdeck")
	if err != nil {
		return err
	}
	defer os.Remove(hall)
	link := filepath.Join(hall, "d")
	if path = filepath.Join(link, name); len(path) > longest {
		return fmt.Errorf("the folder for temporary files %s is too deep for a socket", os.TempDir())
	}
	if err := os.Symlink(dir, link); err != nil {
		return err
	}
	defer os.Remove(link)
	return use(path)
}
