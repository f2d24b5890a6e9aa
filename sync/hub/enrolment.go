package hub

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"fmt"
	"net/http"

	"postern/sync/enrol"
)

// maxRequest bounds the bytes of an enrolment request.
const maxRequest = 1 << 10

// takeEnrolment carries a gate's request to the authority and the envelope
// back. A gate that did not get the envelope sends the same request again.
func (h *Hub) takeEnrolment(w http.ResponseWriter, r *http.Request) error {
	if !h.enrolRate.AllowN(h.Now(), 1) {
		return errBusy
	}
	body, err := readBody(w, r, maxRequest)
	if err != nil {
		return err
	}
	request, err := enrol.ParseRequest(body)
	if err != nil {
		return fmt.Errorf("%w: %w", errRequest, err)
	}
	if request.Gate != r.PathValue("gate") {
		return errRequest
	}
	// The place is taken after the body was read, so that a stranger who sends slowly holds none.
	if !h.enrolments.enter() {
		return errBusy
	}
	defer h.enrolments.leave()
	envelope, err := h.enrol(r, request, body)
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	writeCBOR(w, http.StatusCreated, envelope)
	return nil
}

// enrol stores what the authority countersigned, and then returns the envelope.
func (h *Hub) enrol(r *http.Request, request enrol.Request, body []byte) ([]byte, error) {
	known, err := h.Store.Gate(r.Context(), request.Gate)
	switch {
	case err == nil && bytes.Equal(known.Sign, request.Sign):
		newest, _ := newestEnvelope(known.ID, known.Envelope, h.publishedEnvelope(known.ID))
		return newest, nil
	case err == nil:
		return nil, errEnrolled
	case !errors.Is(err, ErrNoGate):
		return nil, err
	}
	certificate, envelope, err := h.Countersign(r.Context(), body)
	if err != nil {
		return nil, err
	}
	// A certificate for another device's request must not enrol this device.
	c, err := enrol.CertificateOf(certificate)
	switch {
	case err != nil:
		return nil, fmt.Errorf("enrol gate %s: the authority's answer: %w", request.Gate, err)
	case c.Gate != request.Gate || !bytes.Equal(c.Sign, request.Sign) || !bytes.Equal(c.Box, request.Box):
		return nil, errEnrolled
	}
	if newest, _ := newestEnvelope(request.Gate, envelope); newest == nil {
		return nil, fmt.Errorf("enrol gate %s: the authority's answer holds no envelope of it", request.Gate)
	}
	g := Gate{ID: request.Gate, Sign: ed25519.PublicKey(request.Sign), Certificate: certificate, Envelope: envelope}
	if err := h.Store.PutGate(r.Context(), g); err != nil {
		return nil, err
	}
	h.Log.Info("gate enrolled", "gate", g.ID)
	return envelope, nil
}
