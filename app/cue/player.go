package cue

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"postern/sync/verdict"
)

// longest is how long one cue may take, the start of a program included.
const longest = 5 * time.Second

// Devices are what cues go to; a nil function says that the machine has no such device.
type Devices struct {
	// Sound plays a WAV file and returns when it has ended or ctx has.
	Sound func(ctx context.Context, wav []byte) error
	// Vibrate vibrates once for each pulse and returns when the last has ended or ctx has.
	Vibrate func(ctx context.Context, pulses []Pulse) error
}

// Condition says whether a device works.
type Condition int

// Conditions. Failed is how the last cue ended; the next one tries again.
const (
	Untried Condition = iota
	Working
	Absent
	Failed
)

// State says for a settings screen whether cues can be heard and felt.
type State struct {
	Sound, Vibration       Condition
	SoundErr, VibrationErr error // why, where Failed
}

// Player gives cues, one at a time: a new one ends the one that still sounds.
// Make it with NewPlayer; every method may be called from any goroutine.
type Player struct {
	devices Devices
	next    chan []signal // holds at most one list
	cancel  context.CancelFunc
	done    sync.WaitGroup

	mu      sync.Mutex // guards what follows
	options Options
	state   State
	cut     context.CancelFunc // ends what sounds now
	busy    bool               // a busy tone sounds, or waits in next
}

// signal is one cue: an outcome's, or that of a code that is not taken.
type signal struct {
	outcome verdict.Outcome
	busy    bool
}

func (s signal) wav(o Options) []byte {
	if s.busy {
		return file(play(busyTone), o.gain())
	}
	return WAV(s.outcome, o)
}

func (s signal) pulses() []Pulse {
	if s.busy {
		return busyPulses
	}
	return Pulses(s.outcome)
}

// NewPlayer makes a player, with a goroutine that the end of ctx or Close ends.
func NewPlayer(ctx context.Context, d Devices, o Options) *Player {
	ctx, cancel := context.WithCancel(ctx)
	p := &Player{devices: d, options: o, next: make(chan []signal, 1), cancel: cancel, cut: func() {}}
	if d.Sound == nil {
		p.state.Sound = Absent
		slog.Warn("no sound on this device: no program that plays it was found")
	}
	if d.Vibrate == nil {
		p.state.Vibration = Absent
	}
	p.done.Go(func() { p.run(ctx) })
	return p
}

// Set changes the options from the next cue on.
func (p *Player) Set(o Options) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.options = o
}

// Options gives what is set.
func (p *Player) Options() Options {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.options
}

// State says whether the devices worked at the last cue.
func (p *Player) State() State {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.state
}

// Play asks for an outcome's cue and returns at once.
func (p *Player) Play(o verdict.Outcome) { p.ask(o) }

// Test asks for the cues of all four outcomes one after another, for a volume
// test, and returns at once; the cue of a check in between ends it.
func (p *Player) Test() {
	p.ask(verdict.Admit, verdict.Check, verdict.Refuse, verdict.Unknown)
}

func (p *Player) ask(outcomes ...verdict.Outcome) {
	p.mu.Lock() // so that of two calls at once the later one's list is what stays in next
	defer p.mu.Unlock()
	select {
	case <-p.next:
	default:
	}
	signals := make([]signal, len(outcomes))
	for i, o := range outcomes {
		signals[i] = signal{outcome: o}
	}
	p.busy = false
	p.next <- signals // there is room: only ask and Busy fill it, under the lock
	p.cut()
}

// Busy says that the next code was not taken, and returns at once. It cuts no
// verdict short but sounds after it, and is left away where a newer verdict or
// another busy tone waits.
func (p *Player) Busy() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.busy {
		return
	}
	select {
	case p.next <- []signal{{busy: true}}:
		p.busy = true
	default: // a verdict waits there
	}
}

// Close ends the player and what it is playing.
func (p *Player) Close() {
	p.cancel()
	p.done.Wait()
}

func (p *Player) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case signals := <-p.next:
			p.give(ctx, signals)
		}
	}
}

// testPause lies between the cues of a test.
const testPause = 400 * time.Millisecond

// give plays a list of cues; run calls it. It ends early where ask has a newer list.
func (p *Player) give(ctx context.Context, signals []signal) {
	ctx, cut := context.WithCancel(ctx)
	defer cut()
	p.mu.Lock()
	p.cut = cut
	newer := len(p.next) > 0 && !p.busy // a busy tone ends nothing
	p.mu.Unlock()
	for i, s := range signals {
		if newer || i > 0 && !wait(ctx, testPause) {
			return
		}
		p.one(ctx, s)
		if s.busy {
			p.busyEnded()
		}
	}
}

// busyEnded lets the next busy tone in, unless one waits already.
func (p *Player) busyEnded() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.busy = false
}

// one gives a cue to all devices at the same time and returns when they have ended.
func (p *Player) one(ctx context.Context, s signal) {
	ctx, stop := context.WithTimeout(ctx, longest)
	defer stop()
	opt := p.Options()
	var both sync.WaitGroup
	if p.devices.Vibrate != nil && opt.Vibrate {
		both.Go(func() {
			err := p.devices.Vibrate(ctx, s.pulses())
			p.told(ctx, "vibration", err, func(s *State) (*Condition, *error) { return &s.Vibration, &s.VibrationErr })
		})
	}
	if wav := s.wav(opt); p.devices.Sound != nil && wav != nil {
		err := p.devices.Sound(ctx, wav)
		p.told(ctx, "sound", err, func(s *State) (*Condition, *error) { return &s.Sound, &s.SoundErr })
	}
	both.Wait()
}

// told writes how a device did into the player's state. It logs only the first
// of several failures, and ignores a cue that a newer one cut short.
func (p *Player) told(ctx context.Context, device string, err error, field func(*State) (*Condition, *error)) {
	if err != nil && ctx.Err() == context.Canceled {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	condition, why := field(&p.state)
	was := *condition
	*condition, *why = Working, err
	if err == nil {
		return
	}
	*condition = Failed
	if was != Failed {
		slog.Warn("no "+device+" on this device", "error", err)
	}
}

// wait waits for d, and says whether ctx lasted as long.
func wait(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
