//! What is said while a plan is run.

use std::io::IsTerminal as _;

use crate::{
    apply::Event,
    plan::Action,
    report::visible,
    ui::{Progress, Ui},
};

/// Says what has happened: what is under way as progress on a terminal, everything else as a line.
pub(super) fn show(ui: &Ui, progress: &Progress, event: &Event<'_>) {
    match event {
        Event::Call(step, call) => {
            let words =
                format!("{}: {}:{}", visible(&step.address.to_string()), call.service, call.operation);
            if std::io::stderr().is_terminal() {
                progress.say(&words);
            } else {
                ui.note(&format!("  {words}"));
            }
        }
        Event::Waiting(step, call, error, delay) => progress.aside(|| {
            let what = error.code.as_deref().unwrap_or("no answer");
            let (address, operation) = (visible(&step.address.to_string()), &call.operation);
            let seconds = delay.as_secs_f32();
            ui.note(&format!("  {address}: {operation} again in {seconds:.1} s ({})", visible(what)));
        }),
        Event::Unclear(step, call, error) => progress.aside(|| {
            let what = error.code.as_deref().unwrap_or("no clear answer");
            let (address, operation) = (visible(&step.address.to_string()), &call.operation);
            ui.note(&format!(
                "  {address}: what became of {operation} is not known ({}): reading it back",
                visible(what)
            ));
        }),
        Event::Found(step, call) => progress.aside(|| {
            let (address, operation) = (visible(&step.address.to_string()), &call.operation);
            ui.note(&format!("  {address}: {operation} has had its effect"));
        }),
        Event::Again(step, call) => progress.aside(|| {
            let (address, operation) = (visible(&step.address.to_string()), &call.operation);
            ui.note(&format!("  {address}: {operation} has had no effect, and is sent again"));
        }),
        Event::Verifying(step, missing, waited) => progress.aside(|| {
            let (address, seconds) = (visible(&step.address.to_string()), waited.as_secs());
            ui.note(&format!("  {address}: waiting for {}, {seconds} s", visible(missing)));
        }),
        Event::Done(step) => progress.aside(|| {
            let done = if step.action == Action::Verify { "verified" } else { "done" };
            ui.note(&format!("  {}: {done}", visible(&step.address.to_string())));
        }),
        Event::Unverified(step, _) => progress.aside(|| {
            ui.note(&format!("  {}: not verified", visible(&step.address.to_string())));
        }),
        Event::Failed(step, _) => progress.aside(|| {
            ui.note(&format!("  {}: failed", visible(&step.address.to_string())));
        }),
    }
}
