//! The terminal: results on stdout, everything else on stderr, progress, questions. The only room that prints.

use std::{
    io::{self, IsTerminal as _, Write as _},
    time::Duration,
};

use anstream::{AutoStream, ColorChoice};
use dialoguer::Confirm;
use indicatif::{ProgressBar, ProgressStyle};

use crate::cli;

/// Where and how to print.
#[derive(Clone, Copy, Debug)]
pub struct Ui {
    color: ColorChoice,
    quiet: bool,
}

/// A line that shows that something is going on; removed when it is dropped.
pub struct Progress(ProgressBar);

impl Ui {
    /// Returns a terminal as the command line wants it.
    pub fn new(color: cli::ColorChoice, quiet: bool) -> Self {
        let color = match color {
            cli::ColorChoice::Auto => ColorChoice::Auto,
            cli::ColorChoice::Always => ColorChoice::Always,
            cli::ColorChoice::Never => ColorChoice::Never,
        };
        Self { color, quiet }
    }

    /// Prints a result.
    pub fn result(&self, text: &str) {
        let mut out = AutoStream::new(io::stdout().lock(), self.choice(&io::stdout()));
        // A reader that has gone away, such as `head`, is not an error.
        let _ = writeln!(out, "{}", text.trim_end_matches('\n'));
        let _ = out.flush();
    }

    /// Prints something that is not a result, unless it shall be quiet.
    pub fn note(&self, text: &str) {
        if !self.quiet {
            self.problem(text);
        }
    }

    /// Prints what is wrong.
    pub fn problem(&self, text: &str) {
        let mut err = AutoStream::new(io::stderr().lock(), self.choice(&io::stderr()));
        let _ = writeln!(err, "{}", text.trim_end_matches('\n'));
    }

    /// Shows what is waited for: a moving line on a terminal, nothing elsewhere.
    pub fn progress(&self, words: &str) -> Progress {
        if self.quiet || !io::stderr().is_terminal() {
            return Progress(ProgressBar::hidden());
        }
        let bar = ProgressBar::new_spinner().with_message(words.to_owned());
        bar.set_style(
            ProgressStyle::with_template("{spinner} {msg} {elapsed}")
                .unwrap_or_else(|_| ProgressStyle::default_spinner()),
        );
        bar.enable_steady_tick(Duration::from_millis(100));
        Progress(bar)
    }

    /// Asks whether to go on. `None` when there is nobody to ask.
    pub fn confirm(&self, question: &str) -> Option<bool> {
        if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
            return None;
        }
        Some(Confirm::new().with_prompt(question).default(false).interact().unwrap_or(false))
    }

    fn choice(&self, stream: &impl anstream::stream::RawStream) -> ColorChoice {
        match self.color {
            ColorChoice::Auto => AutoStream::choice(stream),
            given => given,
        }
    }
}

impl Progress {
    /// Says what is waited for now.
    pub fn say(&self, words: &str) {
        self.0.set_message(words.to_owned());
    }

    /// Prints while the line is out of the way.
    pub fn aside(&self, print: impl FnOnce()) {
        self.0.suspend(print);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
