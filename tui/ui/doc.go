// Package ui is the drawing kit of the dashboard: harmless text, colours,
// lines of exact width, a list, a body window, inputs, forms, dialogs, the
// clipboard, and the contract that every frame keeps. It knows nothing of SCIM
// and nothing of the store; it reads no clock but those it is given.
//
// A picture is a []string, one string a line, at most as wide as the window
// and ending with all attributes off. Everything drawn is made of Safe text:
//
//	th := ui.NewTheme(ui.Dark, false)
//	name := ui.Clean(user.Name, th.ASCII) // text from the network, made harmless
//	line := th.Row(80, selected,
//		ui.Part{Text: "on", Min: 5, Max: 5, Role: ui.OK},
//		ui.Part{Text: name, Min: 10, Fill: true},
//		ui.Part{Text: "14:02:11", Role: ui.Muted},
//	)
//	err := ui.Check([]string{line}, 80, 1) // the frame contract
package ui
