//! The help: one page that holds all of it, and what its texts have in common.

use clap::{Command, CommandFactory as _};
use trailctl::cli::Cli;

use crate::{support::Workspace, tidy::is_fresh};

const HEAD: &str = "# Commands\n\nWhat `--help` says, command by command. The global options are the same for all: the first part has them.\n";

fn root() -> Command {
    let mut root = Cli::command().term_width(100).disable_help_subcommand(true);
    root.build();
    root
}

/// Calls a function for a command and all below it, with their full names.
fn walk(command: &Command, name: &str, seen: &mut dyn FnMut(&str, &Command)) {
    seen(name, command);
    for below in command.get_subcommands() {
        walk(below, &format!("{name} {}", below.get_name()), seen);
    }
}

fn all() -> Vec<(String, Command)> {
    let mut all = Vec::new();
    walk(&root(), "trailctl", &mut |name, command| all.push((name.to_owned(), command.clone())));
    all
}

#[test]
fn the_page_of_commands_is_the_one_of_the_code() {
    let parts = all().into_iter().map(|(name, mut command)| {
        let help = command.render_long_help().to_string();
        let own = match name.contains(' ') {
            true => help.split("\nGlobal options:\n").next().unwrap_or_default(),
            false => &help,
        };
        let lines: Vec<&str> = own.trim_end().lines().map(str::trim_end).collect();
        format!("\n## {name}\n\n```text\n{}\n```\n", lines.join("\n"))
    });
    is_fresh("docs/commands.md", &format!("{HEAD}{}", parts.collect::<String>()));
}

#[test]
fn a_first_line_is_enough_and_has_no_period() {
    let mut found = Vec::new();
    let mut look = |place: String, text: Option<String>| {
        let text = text.unwrap_or_default();
        let starts = text.chars().next().is_some_and(|first| first.is_uppercase() || first == '`');
        if !starts || text.ends_with('.') || text.contains('\n') || text.chars().count() > 130 {
            found.push(format!("{place}: {text:?}"));
        }
    };
    for (name, command) in all() {
        look(name.clone(), command.get_about().map(ToString::to_string));
        for argument in command.get_arguments() {
            let place = format!("{name} {}", argument.get_id());
            look(place, argument.get_help().map(ToString::to_string));
        }
    }
    assert_eq!(found, [""; 0]);
}

#[test]
fn every_command_has_a_page_of_the_manual() {
    let workspace = Workspace::new();
    let page = workspace.expect("man", 0).stdout;
    assert!(page.contains(".TH trailctl 1") && page.contains("\\-\\-sandbox"), "{page}");
    let written = workspace.expect("man share/man1", 0);
    assert_eq!((written.stdout, written.stderr), (String::new(), String::new()));
    let mut pages: Vec<String> = std::fs::read_dir(workspace.path().join("share/man1"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    pages.sort();
    let mut wanted: Vec<String> =
        all().iter().map(|(name, _)| format!("{}.1", name.replace(' ', "-"))).collect();
    wanted.sort();
    assert_eq!(pages, wanted);
    // Twice is fine; what cannot be written is said.
    let _ = workspace.expect("man share/man1", 0);
    workspace.write("file", "");
    let failed = workspace.expect("man file", 1).stderr;
    assert!(failed.starts_with("error: cannot write the manual to file: "), "{failed}");
}

#[test]
fn a_shell_completes_commands_options_and_words() {
    let workspace = Workspace::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = workspace.expect(&format!("completions {shell}"), 0).stdout;
        let missing: Vec<&str> = ["coverage", "allow-destroy", "log-format"]
            .into_iter()
            .filter(|word| !script.contains(word))
            .collect();
        assert_eq!(missing, [""; 0], "{shell}");
    }
    let _ = workspace.expect("completions tcsh", 64);
    // What bash makes of it.
    workspace.write("completions", &workspace.expect("completions bash", 0).stdout);
    let asked = "set -eu; source ./completions; COMP_WORDS=(trailctl apply --allow-d); COMP_CWORD=2
        _trailctl trailctl --allow-d apply; echo \"${COMPREPLY[*]}\"
        COMP_WORDS=(trailctl plan --log-format ''); COMP_CWORD=3
        _trailctl trailctl '' --log-format; echo \"${COMPREPLY[*]}\"";
    let mut bash = std::process::Command::new("bash");
    let answer = bash.args(["-c", asked]).current_dir(workspace.path()).output().unwrap();
    let answer = (String::from_utf8(answer.stdout).unwrap(), String::from_utf8(answer.stderr).unwrap());
    assert_eq!(answer, ("--allow-destroy\nhuman json\n".to_owned(), String::new()));
}
