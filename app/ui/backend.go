package ui

import (
	"context"
	"time"

	"postern/app/cue"
	"postern/app/gate"
	"postern/app/scan"
	"postern/sync/journal"
	"postern/sync/verdict"
)

// Gate is what the screens ask of a checkpoint. Its methods are called off
// Fyne's thread, PINs beside all else; none may wait for a network.
type Gate interface {
	// Answer judges, records durably, and only then answers.
	Answer(ctx context.Context, r scan.Reading) gate.Answer
	// AnswerTogether judges codes that were shown together; see [gate.Gate.AnswerTogether].
	AnswerTogether(ctx context.Context, standing []gate.Token, rs ...scan.Reading) []gate.Answer
	// Open opens the barrier for one Admit of several; see [gate.Gate.Open].
	Open(t gate.Token) error
	// Who tells one holder's codes from another's, and judges nothing; see [gate.Gate.Who].
	Who(text string) gate.Who
	// AnswerUnreadable records that something was shown in which no code could be read.
	AnswerUnreadable(ctx context.Context) gate.Answer
	// Confirm takes what the guard saw on the ID of the person of a verdict; see [gate.Gate.Confirm].
	Confirm(ctx context.Context, t gate.Token, matches bool) (gate.Answer, error)
	// Tested says that the person of a verdict was tested here; see [gate.Gate.Tested].
	Tested(ctx context.Context, t gate.Token) (gate.Answer, error)
	// Override lets the person of a verdict in on a supervisor's PIN; see [gate.Gate.Override].
	Override(ctx context.Context, t gate.Token, pin, reason string) error
	// OverrideWithoutCode lets somebody in who showed no code; see [gate.Gate.OverrideWithoutCode].
	OverrideWithoutCode(ctx context.Context, pin, reason string) error
	// VerifyPIN asks whether this is the supervisor's PIN; see [gate.Gate.VerifyPIN].
	VerifyPIN(ctx context.Context, pin string) error
	// BeginShift puts somebody on duty; see [gate.Gate.BeginShift].
	BeginShift(ctx context.Context, s gate.Shift, pin string) error
	// SetWay chooses in or out at a gate for both.
	SetWay(ctx context.Context, w journal.Way) error
	// Emergency makes durable that the person of a verdict, or with the zero token
	// somebody without a code, was let in to a doctor, with its reason.
	Emergency(ctx context.Context, t gate.Token, reason string) error
	// Register sends somebody on by paper and gives their number on the list; see [gate.Gate.Register].
	Register(ctx context.Context, t gate.Token, p gate.Purpose) (number string, err error)
	// ResetHeadcount sets who is inside to zero, on the PIN; see [gate.Gate.ResetHeadcount].
	ResetHeadcount(ctx context.Context, pin string) error
	// HandOver ends the shift and says what it did; see [gate.Gate.HandOver].
	HandOver(ctx context.Context) (gate.ShiftReport, error)
	// Recent gives the newest entries first.
	Recent(ctx context.Context, limit int) ([]gate.Line, error)
	// Row opens a line: what was shown, why, and what was done after it; see [gate.Gate.Row].
	Row(ctx context.Context, l gate.Line) (gate.Row, error)
	// State says how the gate stands; an error is about the backlog alone.
	State(ctx context.Context) (gate.State, error)
	// Today counts the day of now, from midnight in now's location.
	Today(ctx context.Context, now time.Time) (gate.Today, error)
	// Traffic is what the exchange with the hub took this month.
	Traffic(ctx context.Context) (gate.Traffic, error)
}

// Backend is what the screens work on. Enrol is called off Fyne's thread and
// may take its time; Update only asks for a round, of which [UI.Exchanged] hears.
type Backend struct {
	Gate   Gate
	Update func()
	Enrol  func(ctx context.Context, code string) error

	Sound   Sound   // nil: there is none
	Relay   bool    // a barrier opens by itself
	Cameras Cameras // nil: there are none, and scanners do the reading
	Camera  string  // the address of the one to begin with; empty: the first that is found
}

// Sound is what gives cues; *cue.Player is one.
type Sound interface {
	Set(o cue.Options)
	State() cue.State
	Play(o verdict.Outcome)
	Busy() // a code was not taken
	Test()
}
