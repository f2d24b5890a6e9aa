// Command empty is an empty Fyne window, to hold the app's memory against.
package main

import (
	"log/slog"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
)

func main() {
	a := app.NewWithID("org.postern.empty")
	w := a.NewWindow("Postern, empty")
	w.Resize(fyne.NewSize(480, 800))
	a.Lifecycle().SetOnStarted(func() { slog.Info("ready to scan") })
	w.ShowAndRun()
}
