package reach

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// never is a server at which nothing arrives.
func never(context.Context) (int, error) { return 0, nil }

// last is how a test of an address ends, when nothing arrives at this server.
func last(t *testing.T, target Target) (r Result) {
	t.Helper()
	if target.Arrived == nil {
		target.Arrived = never
	}
	n := 0
	for r = range Test(t.Context(), target) {
		n++
	}
	if n == 0 {
		t.Fatal("no result")
	}
	return r
}

func TestAddressesThatAreNone(t *testing.T) {
	for base, want := range map[string]string{
		"":                       `"" is no address`,
		"abc.example.net":        `is no address`,
		"ftp://abc.example.net":  `begins with neither https:// nor http://`,
		"https://":               `is no address`,
		"https://a:b@c.test":     `has more than scheme, host and path`,
		"https://c.test?x":       `has more than scheme, host and path`,
		"https://\x7f":           `is no address`,
		"https://c.test/#x":      `has more than scheme, host and path`,
		"http://[::1":            `is no address`,
		strings.Repeat("x", 500): `…" is no address`,
	} {
		if r := last(t, Target{Base: base}); r.State != Failed || r.Name != Name || !strings.Contains(r.Detail, want) || r.Way == "" {
			t.Errorf("%q: %+v, want %s", base, r, want)
		}
	}
}

func TestNobodyListens(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := ln.Addr().String()
	ln.Close()
	if r := last(t, Target{Base: "https://" + address}); r.Name != Connect || r.State != Failed || !strings.HasPrefix(r.Detail, "nobody listens on port") {
		t.Errorf("%+v", r)
	}
}

// A name of this machine is a note: from outside it is another machine.
func TestNamesOfThisNetwork(t *testing.T) {
	for address, want := range map[string]bool{
		"127.0.0.1": false, "10.1.2.3": false, "192.168.0.1": false, "172.16.0.1": false, "100.100.1.1": false, "169.254.1.1": false, "::1": false,
		"fd00::1": false, "fe80::1": false, "0.0.0.0": false, "::ffff:10.0.0.1": false, "104.16.1.2": true, "2606:4700::1": true, "::ffff:8.8.8.8": true,
	} {
		if outside(netip.MustParseAddr(address)) != want {
			t.Errorf("%s can be reached from outside: %v", address, !want)
		}
	}
}

// tlsServer speaks TLS with a certificate.
func tlsServer(t *testing.T, cert tls.Certificate) string {
	t.Helper()
	srv := httptest.NewUnstartedServer(http.NotFoundHandler())
	srv.TLS = &tls.Config{Certificates: []tls.Certificate{cert}}
	srv.Config.ErrorLog = log.New(io.Discard, "", 0) // what handshakes come to is the test's affair
	srv.StartTLS()
	t.Cleanup(srv.Close)
	return srv.URL
}

// certificate makes one for a host, valid for so long from now, by itself.
func certificate(t *testing.T, host string, valid time.Duration) tls.Certificate {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: time.Now().Add(valid),
		DNSNames: []string{host}, IsCA: true, BasicConstraintsValid: true,
	}
	if ip := net.ParseIP(host); ip != nil {
		template.DNSNames, template.IPAddresses = nil, []net.IP{ip}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: private}
}

func TestCertificates(t *testing.T) {
	for name, c := range map[string]struct {
		host  string
		valid time.Duration
		known bool
		step  string // that fails
		want  string
	}{
		"good":        {"127.0.0.1", time.Hour, true, Here, "another server answers there: 404 Not Found"},
		"self-signed": {"127.0.0.1", time.Hour, false, HTTPS, "the certificate is self-signed"},
		"expired":     {"127.0.0.1", -time.Hour, true, HTTPS, "the certificate is not valid today"},
		"other name":  {"abc.example.net", time.Hour, true, HTTPS, "the certificate is for another name"},
	} {
		t.Run(name, func(t *testing.T) {
			cert := certificate(t, c.host, c.valid)
			roots := x509.NewCertPool()
			if c.known {
				leaf, err := x509.ParseCertificate(cert.Certificate[0])
				if err != nil {
					t.Fatal(err)
				}
				roots.AddCert(leaf)
			}
			r := last(t, Target{Base: tlsServer(t, cert), Roots: roots})
			if r.Name != c.step || r.State != Failed || !strings.HasPrefix(r.Detail, c.want) || r.Way == "" {
				t.Errorf("%+v, want %s: %s", r, c.step, c.want)
			}
		})
	}
}

func TestHTTPWhereHTTPSIsMeant(t *testing.T) {
	srv := httptest.NewUnstartedServer(http.NotFoundHandler())
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	srv.Start()
	defer srv.Close()
	r := last(t, Target{Base: strings.Replace(srv.URL, "http:", "https:", 1)})
	if r.Name != HTTPS || r.State != Failed || r.Detail != "it does not speak https" {
		t.Errorf("%+v", r)
	}
}

// What is not known about arrivals ends the test: nothing may be sent on a guess.
func TestArrivalsUnknown(t *testing.T) {
	srv := httptest.NewServer(http.NotFoundHandler())
	defer srv.Close()
	gone := func(context.Context) (int, error) { return 0, errors.New("the server is gone") }
	if r := last(t, Target{Base: srv.URL, Arrived: gone}); r.Name != Here || r.State != Failed || !strings.Contains(r.Detail, "the server is gone") {
		t.Errorf("%+v", r)
	}
}

func TestGivenUp(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	}))
	defer srv.Close()
	var end Result
	for end = range Test(ctx, Target{Base: srv.URL, Arrived: never}) {
	}
	if end.State != Failed || !strings.Contains(end.Detail, "given up") {
		t.Errorf("%+v", end)
	}
}
