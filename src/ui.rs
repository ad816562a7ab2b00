//! The terminal: results on stdout, everything else on stderr, progress, questions. The only room that prints.

use std::{
    io::{self, IsTerminal as _, Write as _},
    time::Duration,
};

use anstream::{AutoStream, ColorChoice};
use dialoguer::{
    Input,
    console::{Key, Term},
};
use indicatif::{ProgressBar, ProgressStyle};

use crate::cli;

/// Where and how to print.
#[derive(Clone, Copy, Debug)]
pub struct Ui {
    color: ColorChoice,
    quiet: bool,
}

/// What was answered to a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Go on.
    Yes,
    /// Do not.
    No,
    /// There is nobody to ask.
    Nobody,
    /// Whoever was asked has interrupted instead.
    Interrupted,
}

/// What was answered to a question for a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// This.
    Answered(String),
    /// There is nobody to ask.
    Nobody,
    /// Whoever was asked has interrupted instead.
    Interrupted,
}

/// What Ctrl-D gives on a terminal that does not read lines.
const END: char = '\u{4}';

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

    /// Returns whether stderr gets colour.
    pub fn is_err_colored(color: cli::ColorChoice) -> bool {
        Self::new(color, false).choice(&io::stderr()) != ColorChoice::Never
    }

    /// Prints a result. Errors when it cannot be written; a reader that has gone away, such as `head`, is not an error.
    pub fn result(&self, text: &str) -> io::Result<()> {
        let mut out = AutoStream::new(io::stdout().lock(), self.choice(&io::stdout()));
        match writeln!(out, "{}", text.trim_end_matches('\n')).and_then(|()| out.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            written => written,
        }
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

    /// Asks whether to go on: `y` does, `n`, Enter, Escape and Ctrl-D (the end of what is typed) do not. Whoever calls it catches
    /// interrupts.
    pub fn confirm(&self, question: &str) -> Answer {
        if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
            return Answer::Nobody;
        }
        let term = Term::stderr();
        let _ = term.write_str(&format!("{question} [y/N] "));
        let answer = loop {
            match term.read_key() {
                Ok(Key::Char('y' | 'Y')) => break Answer::Yes,
                Ok(Key::Char('n' | 'N' | END) | Key::Enter | Key::Escape) => break Answer::No,
                Ok(_) => {}
                Err(_) => break Answer::Interrupted,
            }
        };
        let _ = term.write_line(match answer {
            Answer::Yes => "yes",
            Answer::No => "no",
            Answer::Nobody | Answer::Interrupted => "",
        });
        answer
    }

    /// Asks for a text; an empty answer is the usual one.
    pub fn ask(&self, question: &str, usual: &str) -> Asked {
        if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
            return Asked::Nobody;
        }
        let answer = Input::<String>::new().with_prompt(question).default(usual.to_owned()).interact_text();
        answer.map_or(Asked::Interrupted, |text| Asked::Answered(text.trim().to_owned()))
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
