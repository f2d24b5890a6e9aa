package main

import (
	"context"

	"postern/app/cue"
	"postern/app/gate"
	"postern/app/scan"
)

// audible is a gate whose every new verdict sounds. A code that stays before
// the camera sounds once.
type audible struct {
	*gate.Gate
	sound *cue.Player
}

// Answer is that of the gate.
func (a audible) Answer(ctx context.Context, r scan.Reading) gate.Answer {
	return a.play(a.Gate.Answer(ctx, r))
}

// AnswerUnreadable is that of the gate.
func (a audible) AnswerUnreadable(ctx context.Context) gate.Answer {
	return a.play(a.Gate.AnswerUnreadable(ctx))
}

// Confirm is that of the gate.
func (a audible) Confirm(ctx context.Context, t gate.Token, matches bool) (gate.Answer, error) {
	answer, err := a.Gate.Confirm(ctx, t, matches)
	if err == nil {
		a.sound.Play(answer.Outcome)
	}
	return answer, err
}

func (a audible) play(answer gate.Answer) gate.Answer {
	if !answer.Repeated {
		a.sound.Play(answer.Outcome)
	}
	return answer
}
