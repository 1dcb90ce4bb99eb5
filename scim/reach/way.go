package reach

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"syscall"
	"time"
)

// The steps up to the first request.

const tunnelDown = "is the tunnel running? a quick tunnel has another name each time it is started"

func isAddress(host string) bool { _, err := netip.ParseAddr(host); return err == nil }

func (r *run) resolve(ctx context.Context) Result {
	ctx, cancel := context.WithTimeout(ctx, stepTimeout)
	defer cancel()
	host := r.base.Hostname()
	found, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	var unknown *net.DNSError
	switch {
	case errors.As(err, &unknown) && unknown.IsNotFound:
		return failed(tunnelDown, "there is no host %q", clip(host))
	case err != nil:
		return failed("is this machine online?", "the name servers do not answer for %q: %s", clip(host), reason(err))
	case len(found) == 0:
		return failed(tunnelDown, "the host %q has no address", clip(host))
	}
	text := found[0].Unmap().String()
	if n := len(found); n > 1 {
		text += fmt.Sprintf(" and %d more", n-1)
	}
	for _, a := range found {
		if outside(a) {
			return ok("%s", text)
		}
	}
	return Result{State: Note, Detail: text + ": an address of this machine or network", Way: "a client in the cloud sees another one, or none: this test cannot tell"}
}

// outside reports whether an address can be reached from elsewhere.
func outside(a netip.Addr) bool {
	a = a.Unmap()
	shared := netip.MustParsePrefix("100.64.0.0/10") // of carriers and overlay networks, RFC 6598
	return !a.IsLoopback() && !a.IsPrivate() && !a.IsLinkLocalUnicast() && !a.IsUnspecified() && !shared.Contains(a)
}

func (r *run) dial(ctx context.Context) (net.Conn, error) {
	d := net.Dialer{Timeout: stepTimeout}
	return d.DialContext(ctx, "tcp", net.JoinHostPort(r.base.Hostname(), r.port()))
}

func (r *run) connect(ctx context.Context) Result {
	conn, err := r.dial(ctx)
	if err != nil {
		where := "port " + r.port() + " of " + clip(r.base.Hostname())
		if refused(err) {
			return failed("is the tunnel running, and is this its port?", "nobody listens on %s", where)
		}
		return failed("is the tunnel running, and does a firewall let this through?", "%s does not answer: %s", where, reason(err))
	}
	defer conn.Close()
	return ok("%s", conn.RemoteAddr())
}

func refused(err error) bool {
	const onWindows = syscall.Errno(10061) // WSAECONNREFUSED
	return errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, onWindows)
}

func (r *run) https(ctx context.Context) Result {
	if r.base.Scheme == "http" {
		return Result{
			State: Note, Detail: "no https: whoever is on the way can read keys and users",
			Way: "Okta and Entra want an https address: a tunnel gives one",
		}
	}
	ctx, cancel := context.WithTimeout(ctx, stepTimeout)
	defer cancel()
	conn, err := r.dial(ctx)
	if err != nil {
		return failed("", "the connection was lost: %s", reason(err))
	}
	defer conn.Close()
	config := r.tlsConfig()
	config.ServerName = r.base.Hostname()
	secure := tls.Client(conn, config)
	if err := secure.HandshakeContext(ctx); err != nil {
		return badTLS(err)
	}
	state := secure.ConnectionState()
	return ok("%s, until %s", tls.VersionName(state.Version), state.PeerCertificates[0].NotAfter.Format(time.DateOnly))
}

// badTLS says what is wrong with a certificate or with what answers in its place.
func badTLS(err error) Result {
	const clients = "; clients in the cloud refuse it too"
	var name x509.HostnameError
	var unknown x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	var plain tls.RecordHeaderError
	switch {
	case errors.As(err, &name):
		return failed("use the name that the certificate is for", "the certificate is for another name%s", clients)
	case errors.As(err, &unknown):
		return failed("use a tunnel's address or a certificate of a public authority", "the certificate is self-signed or of an authority that nobody knows%s", clients)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return failed("renew it, and look at this machine's clock", "the certificate is not valid today: it has expired or has not begun%s", clients)
	case errors.As(err, &plain):
		return failed("the port speaks http: use http://, or the port that speaks https", "it does not speak https")
	}
	return failed("the port may speak something else than https", "no secure connection: %s", reason(err))
}

// reason is what is at the bottom of an error, without the addresses around it.
func reason(err error) string {
	var timeout net.Error
	var system syscall.Errno
	switch {
	case errors.As(err, &timeout) && timeout.Timeout(), errors.Is(err, context.DeadlineExceeded):
		return "no answer in time"
	case errors.Is(err, context.Canceled):
		return "given up"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "it hung up"
	case errors.As(err, &system):
		return system.Error()
	}
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(err) {
		err = inner
	}
	return clip(err.Error())
}
