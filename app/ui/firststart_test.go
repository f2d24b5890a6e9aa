package ui_test

import (
	"context"
	"image"
	"testing"
	"time"

	"postern/app/cue"
	"postern/app/ui"
	"postern/sync/enrol"
)

// newcomer is a desk of a device that is not enrolled, with a camera that shows a text.
func newcomer(t testing.TB, language, text string) (*desk, *reel) {
	d := newDesk(t, language, tablet)
	front := &reel{frames: times(4, sceneOf(t, text)), lamp: true}
	d.cameras = rack{"front": front}
	d.gate.state = unenrolled
	d.enrol = func(string) error { d.gate.state = newFake().state; return nil }
	return d, front
}

func codeOf(t testing.TB) string {
	code, err := enrol.NewCode("https://hub.example.org", "东门", [32]byte{1}, [16]byte{2}, noon.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	return code.Encode()
}

// A new device shows what its camera sees, takes the code from it, and goes on to the test.
func TestEnrolByCamera(t *testing.T) {
	d, front := newcomer(t, "en", "")
	d.attach()
	d.says(t, d.words(t, "en", "enrol.title"), d.words(t, "en", "check.aim"))
	front.frames = times(4, sceneOf(t, codeOf(t)))
	d.Watch("front")
	d.says(t, d.words(t, "en", "enrol.done", "place", "东门"))
	d.tap("start.begin")
	d.says(t, d.words(t, "en", "start.camera"))
	if len(d.gate.lines) != 0 {
		t.Errorf("%d entries before anybody was checked", len(d.gate.lines))
	}
}

// Everything is tried, what does not work gets advice, and no code that is shown for it is a check.
func TestFirstStart(t *testing.T) {
	d, front := newcomer(t, "en", "")
	d.gate.state = newFake().state
	sound := &fakeSound{}
	d.Attach(ui.Backend{Gate: d.gate, Sound: sound, Cameras: d.cameras})
	d.Open("start")
	d.says(t, "Step 1 of 3", d.words(t, "en", "start.camera_ask"))
	front.frames = times(4, sceneOf(t, "https://example.com/menu"))
	d.Watch("front")
	d.says(t, d.words(t, "en", "start.read"))
	d.tap("start.next")
	d.says(t, "Step 2 of 3", d.words(t, "en", "start.sound_ask"))
	if sound.tests != 1 {
		t.Errorf("the sounds played %d times", sound.tests)
	}
	d.tap("start.replay")
	d.tap("start.no")
	d.says(t, d.words(t, "en", "start_mend.sound"))
	d.tap("start.again")
	if sound.tests != 3 {
		t.Errorf("the sounds played %d times", sound.tests)
	}
	d.tap("start.no")
	d.tap("start.next")
	d.says(t, "Step 3 of 3", d.words(t, "en", "start.light_ask"))
	d.tap("start.switch")
	d.tap("start.yes")
	d.says(t, d.words(t, "en", "start.ready"), d.words(t, "en", "start_is.works"), d.words(t, "en", "start_is.fails"))
	d.tap("start.done")
	front.frames = times(2, sceneOf(t, ""))
	d.Watch("front")
	d.says(t, d.words(t, "en", "check.aim"))
	if len(d.gate.lines) != 0 {
		t.Errorf("the test left %d entries", len(d.gate.lines))
	}
}

// A device with nothing says so, takes a scanner for its camera, and can be left untried.
func TestFirstStartOfABareDevice(t *testing.T) {
	d := newDesk(t, "zh", tablet)
	sound := &fakeSound{state: cue.State{Sound: cue.Absent, Vibration: cue.Absent}}
	d.Attach(ui.Backend{Gate: d.gate, Sound: sound, Enrol: func(context.Context, string) error { return nil }})
	d.Open("start")
	d.says(t, d.words(t, "zh", "start_no.camera"))
	d.scanCode("PP1:forged")
	d.says(t, d.words(t, "zh", "start.read"))
	d.tap("start.next")
	d.says(t, d.words(t, "zh", "start_no.sound"))
	d.tap("start.next")
	d.says(t, d.words(t, "zh", "start_no.light"))
	d.tap("start.next")
	d.says(t, d.words(t, "zh", "start_is.absent"))
	if len(d.gate.lines) != 0 || sound.tests != 0 {
		t.Error("a scan was a check, or a device without sound was told to play")
	}
	d.Open("start")
	d.tap("start.skip")
	d.says(t, d.words(t, "zh", "check.invite"))
	d.scanCode("PP1:forged")
	if len(d.gate.lines) != 1 {
		t.Error("after the test codes are not checked")
	}
}

// begun is the first start at one of its steps.
func begun(taps ...string) func(*desk) {
	return func(d *desk) {
		front := &reel{frames: times(3, painted("")), lamp: true}
		d.cameras = rack{"front": front}
		d.Attach(ui.Backend{Gate: d.gate, Sound: &fakeSound{}, Cameras: d.cameras})
		d.Open("start")
		d.window.Canvas().Capture()
		d.Watch("front")
		for _, tap := range taps {
			if tap == "see" {
				front.frames = times(4, painted("PP1:menu"))
				d.Watch("front")
				continue
			}
			d.tap(tap)
		}
	}
}

// enrolling is the enrolment screen with the camera's picture.
func enrolling(d *desk) {
	d.cameras = rack{"front": {frames: times(3, painted(""))}}
	d.gate.state = unenrolled
	d.attach()
	d.window.Canvas().Capture()
	d.Watch("front")
}

// painted is a scene whose code surely fits.
func painted(text string) *image.Gray {
	frame, err := paintScene(text)
	if err != nil {
		panic(err)
	}
	return frame
}
