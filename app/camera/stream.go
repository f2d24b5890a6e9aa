package camera

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	streamPatience = 8 * time.Second // without a whole picture, from the first byte of the connection on
	streamRedirect = 3
	pollRate       = 5  // single pictures a second
	mostBad        = 30 // damaged pictures in a row
)

// stream is a network camera.
type stream struct {
	url      *url.URL
	user     *url.Userinfo // never in an error or a log
	view     View
	patience time.Duration
	now      func() time.Time
}

func openStream(address string, view View) (*stream, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" { // the error would repeat the password
		return nil, fmt.Errorf("open camera: %w: give it as http://host:port/path", ErrAddress)
	}
	s := &stream{url: u, user: u.User, view: view, patience: streamPatience, now: time.Now}
	u.User = nil
	return s, nil
}

func (s *stream) Name() string { return hideUser(s.url) }

// Frames connects and reads until the connection ends. A camera that sends
// single pictures is asked for the next one at the view's rate.
func (s *stream) Frames(ctx context.Context, each func(Frame)) error {
	alive, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	silence := time.AfterFunc(s.patience, func() { cancel(ErrStalled) })
	defer silence.Stop()
	client := s.client()
	defer client.CloseIdleConnections()
	err := s.watch(alive, &viewer{client: client, silence: silence, each: each, now: s.now, patience: s.patience})
	switch {
	case ctx.Err() != nil:
		return nil
	case errors.Is(context.Cause(alive), ErrStalled):
		return fmt.Errorf("watch %s: %w for %v; look whether it is on and in reach", s.Name(), ErrStalled, s.patience)
	}
	return fmt.Errorf("watch %s: %w", s.Name(), err)
}

// viewer is one connection's client, its watchdog and where frames go.
type viewer struct {
	client   *http.Client
	silence  *time.Timer
	each     func(Frame)
	now      func() time.Time
	patience time.Duration
	bad      int // damaged pictures in a row
}

func (s *stream) client() *http.Client {
	return &http.Client{
		Transport: &http.Transport{ // no proxy: cameras stand in the house
			DialContext:            (&net.Dialer{Timeout: s.patience}).DialContext,
			TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
			MaxResponseHeaderBytes: 64 << 10,
			DisableCompression:     true,
		},
		CheckRedirect: func(next *http.Request, via []*http.Request) error {
			switch {
			case len(via) > streamRedirect:
				return fmt.Errorf("%w: it sends from one address to the next", ErrRefused)
			case via[len(via)-1].URL.Scheme == "https" && next.URL.Scheme != "https":
				return fmt.Errorf("%w: it sends from https to http", ErrRefused)
			}
			return nil
		},
	}
}

// watch reads one connection, or one picture after the other.
func (s *stream) watch(ctx context.Context, v *viewer) error {
	answer, err := s.ask(ctx, v.client)
	if err != nil {
		return err
	}
	kind, _, _ := mime.ParseMediaType(answer.Header.Get("Content-Type"))
	switch {
	case strings.HasPrefix(kind, "multipart/"):
		return v.stream(answer)
	case isJPEG(kind):
		return s.poll(ctx, v, answer)
	}
	answer.Body.Close()
	return fmt.Errorf("%w: %q is neither an MJPEG stream nor a JPEG; give the address of the pictures, not of the page around them", ErrRefused, kind)
}

// ask requests the address; the answer's status is 200.
func (s *stream) ask(ctx context.Context, client *http.Client) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url.String(), nil)
	if err != nil {
		return nil, fmt.Errorf("%w: it makes no request", ErrAddress)
	}
	if s.user != nil { // on this request alone: net/http keeps it from other hosts
		password, _ := s.user.Password()
		request.SetBasicAuth(s.user.Username(), password)
	}
	answer, err := client.Do(request)
	if err != nil {
		return nil, unreachable(err)
	}
	if err := refusal(answer); err != nil {
		answer.Body.Close()
		return nil, err
	}
	return answer, nil
}

// unreachable is why there is no answer, without the address in it.
func unreachable(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return fmt.Errorf("%w: its certificate is not to be trusted (%w); install the right one in the camera, or its authority here", ErrRefused, err)
	}
	if errors.Is(err, ErrRefused) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrGone, err)
}

// refusal is what an answer's status says against us.
func refusal(answer *http.Response) error {
	digest := strings.HasPrefix(strings.ToLower(answer.Header.Get("WWW-Authenticate")), "digest")
	switch status := answer.StatusCode; {
	case status == http.StatusOK:
		return nil
	case status == http.StatusUnauthorized && digest:
		return fmt.Errorf("%w: it asks for digest authentication, which is not supported; switch it to basic, with https", ErrRefused)
	case status == http.StatusUnauthorized:
		return fmt.Errorf("%w: it asks for a user and a password; give the right ones in the address, http://user:password@…", ErrRefused)
	case status == http.StatusForbidden:
		return fmt.Errorf("%w: this user may not see the pictures (403)", ErrRefused)
	case status == http.StatusNotFound:
		return fmt.Errorf("%w: there is nothing at this path (404); look up the path of its MJPEG stream", ErrRefused)
	case status >= 500:
		return fmt.Errorf("%w: it answers %d; it may be starting, or serving somebody else", ErrGone, status)
	default:
		return fmt.Errorf("%w: it answers %d", ErrRefused, status)
	}
}

// poll asks for one picture after the other, beginning with one answered.
func (s *stream) poll(ctx context.Context, v *viewer, answer *http.Response) error {
	tick := time.NewTicker(s.view.pause(pollRate))
	defer tick.Stop()
	var body bytes.Buffer
	for {
		body.Reset()
		_, err := io.Copy(&body, io.LimitReader(answer.Body, MaxFrame+1))
		answer.Body.Close()
		switch {
		case err != nil:
			return fmt.Errorf("%w: %w", ErrGone, err)
		case body.Len() > MaxFrame:
			return fmt.Errorf("%w: more than %d MiB", errLength, MaxFrame>>20)
		}
		v.silence.Stop() // the time that the callback takes is not the camera's
		if err := v.show(shot{body.Bytes(), v.now()}); err != nil {
			return err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
		v.silence.Reset(s.patience)
		if answer, err = s.ask(ctx, v.client); err != nil {
			return err
		}
		if kind, _, _ := mime.ParseMediaType(answer.Header.Get("Content-Type")); !isJPEG(kind) {
			answer.Body.Close()
			return fmt.Errorf("%w: %q after JPEGs", ErrFormat, kind)
		}
	}
}

// show unpacks one picture and hands it on. Damaged ones are passed over; many
// in a row are an error.
func (v *viewer) show(s shot) error {
	gray, color, err := picture(s.data)
	if err != nil {
		if v.bad++; v.bad >= mostBad {
			return fmt.Errorf("%w: %d pictures in a row: %w", ErrFormat, v.bad, err)
		}
		return nil
	}
	v.bad = 0
	v.each(Frame{Gray: gray, Color: color, At: s.at})
	return nil
}
