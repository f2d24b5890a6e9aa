package camera_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"postern/app/camera"
)

// Cameras that behave in their own ways, each for one request.

const replace = "multipart/x-mixed-replace; boundary="

// live sends parts until the viewer goes, as a camera does.
func live(contentType, part string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", contentType)
		for r.Context().Err() == nil {
			if _, err := io.WriteString(w, part); err != nil {
				return
			}
			w.(http.Flusher).Flush()
			time.Sleep(2 * time.Millisecond) // a camera's pace
		}
	}
}

// once answers with some bytes, and then keeps silent until the viewer goes.
func once(contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", contentType)
		_, _ = io.WriteString(w, body)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}
}

// endless sends the same bytes for ever, as fast as they go.
func endless(contentType, before, again string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", contentType)
		_, _ = io.WriteString(w, before)
		for chunk := strings.Repeat(again, 1+4096/len(again)); r.Context().Err() == nil; {
			if _, err := io.WriteString(w, chunk); err != nil {
				return
			}
		}
	}
}

func part(boundary string, jpeg []byte) string {
	return fmt.Sprintf("--%s\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%s\r\n", boundary, len(jpeg), jpeg)
}

func serve(t testing.TB, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

func TestStreamReadsWhatCamerasSend(t *testing.T) {
	jpeg := photo(t, 64, 48)
	for name, h := range map[string]http.HandlerFunc{
		"plain":                 live(replace+"frame", part("frame", jpeg)),
		"dashes in the name":    live(replace+"--frame", part("frame", jpeg)),
		"quoted":                live(replace+`"a frame:"`, part("a frame:", jpeg)),
		"no length":             live(replace+"frame", fmt.Sprintf("--frame\r\nContent-Type: image/jpeg\r\n\r\n%s\r\n", jpeg)),
		"no headers":            live(replace+"frame", fmt.Sprintf("--frame\r\n\r\n%s\r\n", jpeg)),
		"bare line ends":        live(replace+"frame", fmt.Sprintf("--frame\nContent-type: image/jpg; q=1\nX-Time: 1\n\n%s\n", jpeg)),
		"a preamble":            endless(replace+"frame", "welcome\r\n\r\n", part("frame", jpeg)),
		"without Huffman":       live(replace+"frame", part("frame", withoutTables(t, jpeg))),
		"a damaged one between": live(replace+"frame", part("frame", jpeg)+part("frame", jpeg[:len(jpeg)/2])),
		"length too short":      live(replace+"frame", fmt.Sprintf("--frame\r\nContent-Length: 10\r\n\r\n%s\r\n", jpeg)+part("frame", jpeg)),
		"one picture a request": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "image/jpeg")
			_, _ = w.Write(jpeg)
		},
	} {
		t.Run(name, func(t *testing.T) {
			before := runtime.NumGoroutine()
			got, err := watch(t, mustOpen(t, serve(t, h)+"/video#rate=60"), 4)
			if err != nil {
				t.Fatal(err)
			}
			for _, g := range got {
				if g.Rect.Dx() != 64 || g.Rect.Dy() != 48 {
					t.Errorf("a frame of %v", g.Rect)
				}
			}
			settled(t, before+3) // the server's own
		})
	}
}

func TestStreamRefusesWhatHarms(t *testing.T) {
	jpeg := photo(t, 64, 48)
	const patience = 300 * time.Millisecond
	for name, tc := range map[string]struct {
		h    http.HandlerFunc
		want error
		says string
	}{
		"no boundary":       {live("multipart/x-mixed-replace", part("frame", jpeg)), camera.ErrFormat, "boundary"},
		"wrong boundary":    {endless(replace+"other", "", part("frame", jpeg)), camera.ErrFormat, "no picture begins"},
		"endless header":    {endless(replace+"frame", "--frame\r\nX: ", "a"), camera.ErrFormat, "headers"},
		"endless headers":   {endless(replace+"frame", "--frame\r\n", "X: a\r\n"), camera.ErrFormat, "headers"},
		"no header":         {endless(replace+"frame", "--frame\r\n", "nonsense\r\n"), camera.ErrFormat, "headers"},
		"endless part":      {endless(replace+"frame", "--frame\r\n\r\n", "\xff\xd8\n"), camera.ErrFormat, "8 MiB"},
		"giant part":        {once(replace+"frame", "--frame\r\nContent-Length: 99999999999\r\n\r\n"), camera.ErrFormat, "99999999999"},
		"overflowing part":  {once(replace+"frame", "--frame\r\nContent-Length: 99999999999999999999\r\n\r\n"), camera.ErrFormat, "headers"},
		"negative part":     {once(replace+"frame", "--frame\r\nContent-Length: -1\r\n\r\n"), camera.ErrFormat, "headers"},
		"empty parts":       {live(replace+"frame", "--frame\r\nContent-Length: 0\r\n\r\n\r\n"), camera.ErrFormat, "no bytes"},
		"text parts":        {live(replace+"frame", "--frame\r\nContent-Type: text/html\r\n\r\nhello\r\n"), camera.ErrFormat, "something else"},
		"truncated JPEGs":   {live(replace+"frame", part("frame", jpeg[:len(jpeg)-200])), camera.ErrFormat, "30 pictures in a row"},
		"huge JPEGs":        {live(replace+"frame", part("frame", resized(t, jpeg, 65000, 65000))), camera.ErrFormat, "too many"},
		"JPEGs of nothing":  {live(replace+"frame", part("frame", resized(t, jpeg, 0, 48))), camera.ErrFormat, "no pixels"},
		"progressive JPEGs": {live(replace+"frame", part("frame", progressive(t, jpeg))), camera.ErrFormat, "progressive"},
		"silence at once":   {once(replace+"frame", ""), camera.ErrStalled, "no pictures"},
		"silence later":     {once(replace+"frame", part("frame", jpeg)+"--frame\r\n"), camera.ErrStalled, "no pictures"},
		"slow loris":        {slowly(replace+"frame", part("frame", jpeg)), camera.ErrStalled, "no pictures"},
		"the end": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", replace+"frame")
			_, _ = io.WriteString(w, part("frame", jpeg)+"--frame--\r\n")
		}, camera.ErrGone, "ends"},
		"half a part": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", replace+"frame")
			_, _ = io.WriteString(w, part("frame", jpeg)[:300])
		}, camera.ErrGone, "ends"},
		"a page":      {once("text/html", "<p>welcome"), camera.ErrRefused, "text/html"},
		"nothing":     {func(w http.ResponseWriter, _ *http.Request) { http.NotFound(w, nil) }, camera.ErrRefused, "404"},
		"not for you": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(403) }, camera.ErrRefused, "403"},
		"who are you": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(401) }, camera.ErrRefused, "user:password@"},
		"who are you, 2": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("WWW-Authenticate", `Digest realm="x"`)
			w.WriteHeader(401)
		}, camera.ErrRefused, "digest"},
		"busy":            {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) }, camera.ErrGone, "503"},
		"a teapot":        {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(418) }, camera.ErrRefused, "418"},
		"round and round": {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/again", http.StatusFound) }, camera.ErrRefused, "from one address"},
		"a giant JPEG":    {endless("image/jpeg", "\xff\xd8", "\xff"), camera.ErrFormat, "8 MiB"},
		"endless answer headers": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Long", strings.Repeat("a", 1<<20))
		}, camera.ErrGone, "headers"},
	} {
		t.Run(name, func(t *testing.T) {
			before := runtime.NumGoroutine()
			s := mustOpen(t, serve(t, tc.h)+"/video?token=secret")
			if errors.Is(tc.want, camera.ErrStalled) {
				camera.SetPatience(s, patience)
			}
			_, err := watch(t, s, 1<<20)
			if !errors.Is(err, tc.want) || !strings.Contains(err.Error(), tc.says) || strings.Contains(err.Error(), "secret") {
				t.Errorf("got %v, want %v saying %q", err, tc.want, tc.says)
			}
			settled(t, before+3)
		})
	}
}

// slowly sends a byte every few moments: never silent, never whole.
func slowly(contentType, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", contentType)
		for i := 0; i < len(text) && r.Context().Err() == nil; i++ {
			_, _ = io.WriteString(w, text[i:i+1])
			w.(http.Flusher).Flush()
			time.Sleep(20 * time.Millisecond)
		}
	}
}

func TestStreamEndsWithItsContext(t *testing.T) {
	jpeg := photo(t, 64, 48)
	for name, h := range map[string]http.HandlerFunc{
		"while it runs":     live(replace+"frame", part("frame", jpeg)),
		"while it is still": once(replace+"frame", part("frame", jpeg)),
		"in a part":         once(replace+"frame", part("frame", jpeg)+part("frame", jpeg)[:200]),
		"while polling":     once("image/jpeg", ""),
	} {
		t.Run(name, func(t *testing.T) {
			before := runtime.NumGoroutine()
			s := mustOpen(t, serve(t, h))
			ctx, stop := context.WithCancel(t.Context())
			time.AfterFunc(50*time.Millisecond, stop)
			if err := s.Frames(ctx, func(camera.Frame) {}); err != nil || ctx.Err() == nil {
				t.Errorf("ended with %v", err)
			}
			settled(t, before+3)
		})
	}
}

func TestStreamSendsThePasswordToItsCameraAlone(t *testing.T) {
	var leaked atomic.Bool
	elsewhere := serve(t, func(w http.ResponseWriter, r *http.Request) {
		leaked.Store(leaked.Load() || r.Header.Get("Authorization") != "" || strings.Contains(r.Referer(), "secret"))
		w.WriteHeader(http.StatusNotFound)
	})
	elsewhere = strings.Replace(elsewhere, "127.0.0.1", "localhost", 1)
	jpeg := photo(t, 64, 48)
	home := serve(t, func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		switch {
		case user != "guard" || password != "secret":
			w.WriteHeader(http.StatusUnauthorized)
		case r.URL.Path == "/moved":
			http.Redirect(w, r, "/video", http.StatusFound)
		case r.URL.Path == "/away":
			http.Redirect(w, r, elsewhere, http.StatusFound)
		default:
			live(replace+"frame", part("frame", jpeg))(w, r)
		}
	})
	with := strings.Replace(home, "http://", "http://guard:secret@", 1)
	for _, path := range []string{"/video", "/moved"} {
		if _, err := watch(t, mustOpen(t, with+path), 2); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
	if _, err := watch(t, mustOpen(t, with+"/away"), 1); !errors.Is(err, camera.ErrRefused) || leaked.Load() || strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "guard") {
		t.Errorf("away: %v, leaked %v", err, leaked.Load())
	}
	wrong := strings.Replace(home, "http://", "http://guard:hidden@", 1)
	if _, err := watch(t, mustOpen(t, wrong), 1); !errors.Is(err, camera.ErrRefused) || strings.Contains(err.Error(), "hidden") {
		t.Errorf("wrong password: %v", err)
	}
}

func TestStreamWantsGoodCertificates(t *testing.T) {
	s := httptest.NewTLSServer(live(replace+"frame", "x"))
	s.Config.ErrorLog = nil
	defer s.Close()
	if _, err := watch(t, mustOpen(t, s.URL), 1); !errors.Is(err, camera.ErrRefused) || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("got %v", err)
	}
}

func TestStreamOfNobody(t *testing.T) {
	s := httptest.NewServer(nil)
	url := s.URL
	s.Close()
	if _, err := watch(t, mustOpen(t, strings.Replace(url, "http://", "http://guard:secret@", 1)), 1); !errors.Is(err, camera.ErrGone) || strings.Contains(err.Error(), "secret") {
		t.Errorf("got %v", err)
	}
}

func TestStreamGivesTheNewest(t *testing.T) {
	// The width says which picture it is. While the first is looked at, all the
	// others come; only the last of them is worth a look then.
	sent := make(chan struct{})
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", replace+"frame")
		for i := range 20 {
			_, _ = io.WriteString(w, part("frame", photo(t, 16+8*i, 16)))
			w.(http.Flusher).Flush()
			if i == 0 {
				<-sent
			}
		}
		_, _ = io.WriteString(w, "--frame--\r\n")
	})
	var seen []int
	err := mustOpen(t, url).Frames(t.Context(), func(f camera.Frame) {
		if seen = append(seen, f.Gray.Rect.Dx()); len(seen) == 1 {
			close(sent)
			time.Sleep(500 * time.Millisecond) // an age on loopback; a slower machine shows more frames, never older ones
		}
	})
	if !errors.Is(err, camera.ErrGone) || seen[0] != 16 || seen[len(seen)-1] != 16+8*19 {
		t.Errorf("saw %v, %v", seen, err)
	}
	for i := range seen[1:] {
		if seen[i+1] <= seen[i] {
			t.Errorf("not in order: %v", seen)
		}
	}
}

func TestSteadyComesBack(t *testing.T) {
	jpeg := photo(t, 64, 48)
	var asked atomic.Int32
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch asked.Add(1) {
		case 1, 2:
			w.WriteHeader(http.StatusServiceUnavailable)
		case 3: // two pictures, then unplugged
			w.Header().Set("Content-Type", replace+"frame")
			_, _ = io.WriteString(w, part("frame", jpeg)+part("frame", jpeg)+"--fr")
		case 4:
			once(replace+"frame", part("frame", jpeg))(w, r)
		default:
			live(replace+"frame", part("frame", jpeg))(w, r)
		}
	})
	var said []error
	plain := mustOpen(t, url)
	camera.SetPatience(plain, 300*time.Millisecond)
	s := camera.Steady(plain, func(err error) { said = append(said, err) })
	camera.SetRest(s, time.Millisecond, 4*time.Millisecond)
	before := runtime.NumGoroutine()
	if _, err := watch(t, s, 8); err != nil {
		t.Fatal(err)
	}
	settled(t, before+3)
	want := []error{camera.ErrGone, camera.ErrGone, camera.ErrGone, camera.ErrStalled}
	if len(said) != len(want) {
		t.Fatalf("said %v", said)
	}
	for i := range want {
		if !errors.Is(said[i], want[i]) {
			t.Errorf("said %v, want %v", said[i], want[i])
		}
	}
}
