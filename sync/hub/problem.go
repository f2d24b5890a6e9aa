package hub

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strconv"

	"postern/sync/journal"
)

// Errors of a Countersign function. Match with errors.Is.
var (
	ErrRefused = errors.New("the authority refused the enrolment")
	ErrWaiting = errors.New("the authority has not countersigned yet")
)

var (
	errNoRoute    = errors.New("there is nothing at this address")
	errNoEnvelope = errors.New("there is no envelope for this gate")
	errBusy       = errors.New("the hub is busy")
	errRequest    = errors.New("this is no enrolment request of this gate")
	errEnrolled   = errors.New("this gate is enrolled with other keys")
	errWrongGate  = errors.New("the batch is of another gate")
	errChains     = errors.New("this gate has begun too many journals")
	errChain      = errors.New("the chain is not 16 hexadecimal digits")
)

// problem is the status code of an error, and what the caller can do about it.
type problem struct {
	code int
	hint string
}

// problemOf is the one place that turns errors into status codes.
func problemOf(err error) problem {
	var large *http.MaxBytesError
	switch {
	case errors.Is(err, errNoRoute), errors.Is(err, fs.ErrNotExist):
		return problem{http.StatusNotFound, "check the hub's address; it ends before /v1"}
	case errors.Is(err, errNoEnvelope):
		return problem{http.StatusNotFound, "publish, so that the gate gets one"}
	case errors.Is(err, ErrNoGate):
		return problem{http.StatusNotFound, "enrol the gate with a code that this hub's authority printed"}
	case errors.Is(err, errBusy):
		return problem{http.StatusServiceUnavailable, "try again later"}
	case errors.Is(err, ErrWaiting):
		return problem{http.StatusAccepted, "ask again later with the same request"}
	case errors.Is(err, ErrRefused):
		return problem{http.StatusForbidden, "print a new code for this gate"}
	case errors.Is(err, errEnrolled):
		return problem{http.StatusConflict, "a code enrols one gate once; print a new one"}
	case errors.Is(err, journal.ErrSignature), errors.Is(err, errWrongGate):
		return problem{http.StatusForbidden, "the gate's key is not the one that it enrolled with; enrol it again"}
	case errors.As(err, &large), errors.Is(err, journal.ErrTooLarge):
		return problem{http.StatusRequestEntityTooLarge, "send fewer entries at once"}
	case errors.Is(err, errCut):
		return problem{http.StatusBadRequest, "send it again, whole"}
	case errors.Is(err, errRequest), errors.Is(err, errChain), errors.Is(err, journal.ErrMalformed), errors.Is(err, journal.ErrChain):
		return problem{http.StatusBadRequest, "the sender and the hub may be of different versions"}
	case errors.Is(err, errChains):
		return problem{http.StatusForbidden, "something destroys its journal; look into that, then enrol it again"}
	default:
		return problem{http.StatusInternalServerError, "the hub's log says what happened; nothing was taken"}
	}
}

// fail writes an error as JSON and logs it. An operator should see those above
// debug level.
func (h *Hub) fail(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() != nil && errors.Is(err, context.Canceled) {
		return // nobody is there to read it
	}
	p := problemOf(err)
	level := slog.LevelDebug
	text := err.Error()
	switch {
	case p.code == http.StatusInternalServerError:
		level, text = slog.LevelError, "the hub could not do it" // the rest is for the log
	case p.code == http.StatusForbidden, p.code == http.StatusConflict, p.code == http.StatusRequestEntityTooLarge:
		level = slog.LevelWarn
	}
	h.Log.Log(r.Context(), level, "request failed", "route", r.Pattern, "gate", gateOf(r), "status", p.code, "error", err)
	if p.code == http.StatusServiceUnavailable || p.code == http.StatusAccepted {
		retryLater(w)
	}
	writeProblem(w, p.code, text, p.hint)
}

// gateOf is the gate in the request's path for the log. It is empty unless it has
// the form of a gate's ID, so that strangers cannot write into the log.
func gateOf(r *http.Request) string {
	if id := r.PathValue("gate"); validGate(id) {
		return id
	}
	return ""
}

// shed refuses a request before any work is done for it.
func shed(w http.ResponseWriter) {
	retryLater(w)
	writeProblem(w, http.StatusServiceUnavailable, errBusy.Error(), problemOf(errBusy).hint)
}

// retryLater sets Retry-After to a random time, so that clients do not all come
// again in the same second.
func retryLater(w http.ResponseWriter) {
	w.Header().Set("Retry-After", strconv.Itoa(2+rand.IntN(7)))
}

func writeProblem(w http.ResponseWriter, code int, text, hint string) {
	w.Header().Set("Cache-Control", "no-store")
	writeJSON(w, code, struct {
		Error string `json:"error"`
		Hint  string `json:"hint"`
	}{text, hint})
}

func writeJSON(w http.ResponseWriter, code int, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // callers give structs of texts and numbers only
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_, _ = w.Write(append(b, '\n')) // the client may have gone
}
