package guide

import (
	"errors"
	"net"
	"net/netip"
	"net/url"
	"strings"

	"scimdeck/scim/wire"
)

// Public reports whether a host, perhaps with a port, can be another machine's name
// for this one: it is neither of this machine nor of nothing.
func Public(host string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host = strings.Trim(host, "[]")
	if host == "" || host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return false
	}
	ip, err := netip.ParseAddr(host)
	return err != nil || !ip.Unmap().IsLoopback() && !ip.IsUnspecified()
}

// PublicURL reports whether a base URL's host is public.
func PublicURL(base string) bool {
	u, err := url.Parse(base)
	return err == nil && Public(u.Host)
}

// ParseAddress makes a base URL of what a person typed: scheme and path may be left
// out. "" stays that. The error is a sentence.
func ParseAddress(text, basePath string) (string, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return "", nil
	}
	if !strings.Contains(text, "://") {
		text = "https://" + text
	}
	u, err := url.Parse(strings.TrimRight(text, "/"))
	switch {
	case strings.HasSuffix(text, "://"):
		return "", errors.New("there is no host name in it")
	case err != nil:
		return "", errors.New("this is no address")
	case u.Scheme != "https" && u.Scheme != "http":
		return "", errors.New("an address begins with https://")
	case u.Hostname() == "" || strings.ContainsAny(u.Host, " ,"):
		return "", errors.New("there is no host name in it")
	case u.RawQuery != "" || u.Fragment != "" || u.User != nil:
		return "", errors.New("only scheme, host and path, please")
	}
	if u.Path == "" {
		u.Path = basePath
	}
	return u.String(), nil
}

// Outside reads from a request's headers by which address the client asked, as
// "https://abc.example.net", and through which tunnel, if that shows. Both are "" for
// one that came from this machine itself. It believes the headers: of a request
// without a good key they are anybody's.
func Outside(ex *wire.Exchange) (origin, tunnel string) {
	host, scheme := ex.Host, "http"
	if a, err := netip.ParseAddrPort(ex.Remote); err == nil && a.Addr().Unmap().IsLoopback() {
		if forwarded := first(ex.Header("X-Forwarded-Host")); forwarded != "" {
			host = forwarded
		}
		if scheme = "https"; strings.EqualFold(first(ex.Header("X-Forwarded-Proto")), "http") {
			scheme = "http"
		}
	} else if strings.HasPrefix(ex.Base, "https:") {
		scheme = "https"
	}
	if !Public(host) || strings.ContainsAny(host, " /\\@?#\"'<>") {
		return "", ""
	}
	return scheme + "://" + host, tunnelOf(host, ex)
}

// tunnelOf names the tunnel that a host or a header is of.
func tunnelOf(host string, ex *wire.Exchange) string {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	switch {
	case strings.HasSuffix(host, ".trycloudflare.com") || ex.Header("Cf-Ray") != "":
		return "cloudflared"
	case strings.HasSuffix(host, ".ngrok-free.app") || strings.HasSuffix(host, ".ngrok-free.dev") || strings.HasSuffix(host, ".ngrok.app") ||
		strings.HasSuffix(host, ".ngrok.dev") || strings.HasSuffix(host, ".ngrok.io"):
		return "ngrok"
	case strings.HasSuffix(host, ".ts.net"):
		return "tailscale"
	}
	return ""
}

func first(list string) string {
	one, _, _ := strings.Cut(list, ",")
	return strings.TrimSpace(one)
}

// Tunnel is a program that makes a local port public.
type Tunnel struct {
	Name    string `json:"name"`
	Command string `json:"command"`
	About   string `json:"about"` // what to know before
}

// Tunnels lists them, with the commands for a server that listens on an address,
// by TLS or not.
func Tunnels(listen string, secure bool) []Tunnel {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		host, port = "127.0.0.1", listen
	}
	if ip, err := netip.ParseAddr(host); host == "" || err == nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	at := net.JoinHostPort(host, port)
	short := port // what takes this machine for granted
	if !isLoopback(host) {
		short = at
	}
	cloudflared, ngrok, tailscale := "http://"+at, short, short
	if secure { // the certificate is for the name that clients use, or of nobody's
		cloudflared = "https://" + at + " --no-tls-verify"
		ngrok, tailscale = "https://"+at, "https+insecure://"+at
	}
	far, behind := "80", at
	if isLoopback(host) {
		behind = "localhost:" + port
	}
	if secure {
		far = "443"
	}
	return []Tunnel{
		{"cloudflared", "cloudflared tunnel --url " + cloudflared, "needs no account; each start has another address"},
		{"ngrok", "ngrok http " + ngrok, "needs an account; 127.0.0.1:4040 shows requests with their keys"},
		{"tailscale", "tailscale funnel " + tailscale, "keeps its address; Funnel must be allowed in your tailnet"},
		{"ssh", "ssh -R " + far + ":" + behind + " HOST", "HOST is yours, has GatewayPorts on, and https before the port"},
	}
}

func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.Unmap().IsLoopback()
}

// Risk says what an open tunnel means.
const Risk = "While it is open, anyone with the address can reach this server, and the address is no secret: a valid key is the only lock. " +
	"Use made-up people and a key that expires, and close the tunnel when you are done."
