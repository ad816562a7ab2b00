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
fn the_program_prints_what_the_page_holds() {
    let workspace = Workspace::new();
    // The page has no line for `help`, which the program adds.
    let lines = |text: &str| -> Vec<String> {
        let lines = text.trim_end().lines().map(|line| line.trim_end().to_owned());
        lines.filter(|line| !line.trim_start().starts_with("help ")).collect()
    };
    for (name, mut command) in all() {
        let words = name.strip_prefix("trailctl").unwrap().trim_start();
        let (long, short) = (command.render_long_help().to_string(), command.render_help().to_string());
        for (arguments, want) in [
            (format!("{words} --help"), &long),
            (format!("help {words}"), &long),
            (format!("{words} -h"), &short),
        ] {
            assert_eq!(lines(&workspace.expect(arguments.trim(), 0).stdout), lines(want), "{arguments}");
        }
    }
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

/// Returns what a shell is offered for the last of some words, as the shell asks for it.
fn offered(workspace: &Workspace, shell: &str, words: &[&str]) -> Vec<String> {
    let mut command = workspace.command("");
    let answer = command
        .env("TRAILCTL_COMPLETE", shell)
        .env("_CLAP_IFS", "\n")
        .env("_CLAP_COMPLETE_INDEX", (words.len() - 1).to_string())
        .args(["--"].iter().chain(words))
        .output()
        .unwrap();
    assert!(answer.status.success(), "{shell} {words:?}: {answer:?}");
    // Some shells are told what a word means too.
    let word = |line: &str| line.split(['\t', ':']).next().unwrap_or_default().to_owned();
    String::from_utf8(answer.stdout).unwrap().lines().map(word).collect()
}

#[test]
fn a_shell_completes_commands_options_words_and_names() {
    let workspace = Workspace::new();
    workspace.spec("trails:\n  audit: {name: acme-audit}\n  other: {}\n  last: {name: 'of-${account}'}\nbuckets: {logs: {}}\n");
    workspace.write("more.yaml", "trails: {elsewhere: {}}\n");
    std::fs::create_dir(workspace.path().join("parts")).unwrap();
    workspace.write("parts/one.yaml", "trails: {one: {}}\n");
    workspace.write("parts/two.yml", "topics: {two: {}}\n");
    workspace.write("broken.yaml", "trails: [\n");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = workspace.expect(&format!("completions {shell}"), 0).stdout;
        assert!(script.contains("TRAILCTL_COMPLETE"), "{shell}: {script}");
        let cases: [(&[&str], &[&str]); 15] = [
            (&["trailctl", "cov"], &["coverage"]),
            (&["trailctl", "apply", "--allow-d"], &["--allow-destroy"]),
            (&["trailctl", "plan", "--log-format", ""], &["human", "json"]),
            (&["trailctl", "apply", "--allow-destroy", ""], &["audit", "last", "logs", "other"]),
            (&["trailctl", "export", "--trail", ""], &["acme-audit", "other"]),
            (&["trailctl", "-f", "more.yaml", "apply", "--allow-destroy", ""], &["elsewhere"]),
            (&["trailctl", "-f", "parts", "apply", "--allow-destroy", ""], &["one", "two"]),
            (&["trailctl", "schema", "cov"], &["coverage-diff", "coverage-explain", "coverage-map"]),
            (&["trailctl", "validate", "--explain", "yaml-s"], &["yaml-syntax"]),
            (&["trailctl", "plan", "--deny", "unused-b"], &["unused-bucket"]),
            (&["trailctl", "validate", "--explain", "protected"], &["protected"]),
            (&["trailctl", "destroy", "--delete-data", ""], &["logs"]),
            (&["trailctl", "iam-policy", "--format", ""], &["cloudformation", "human", "json", "terraform"]),
            (&["trailctl", "plan", "--format", "s"], &["sarif"]),
            (&["trailctl", "--file=broken.yaml", "apply", "--allow-destroy", ""], &[]),
        ];
        for (words, want) in cases {
            let mut seen = offered(&workspace, shell, words);
            seen.sort();
            assert_eq!(seen, want, "{shell} {words:?}");
        }
    }
    let _ = workspace.expect("completions tcsh", 64);
}

#[test]
fn bash_asks_by_the_script_that_is_printed() {
    let workspace = Workspace::new();
    workspace.write("completions", &workspace.expect("completions bash", 0).stdout);
    let asked =
        "set -e; source ./completions; COMP_WORDS=(trailctl apply --allow-d); COMP_CWORD=2; COMP_TYPE=9
        _clap_complete_trailctl trailctl --allow-d apply; echo \"${COMPREPLY[*]}\"";
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_trailctl")).parent().unwrap();
    let answer = std::process::Command::new("bash")
        .args(["-c", asked])
        .env("PATH", format!("{}:/usr/bin:/bin", program.display()))
        .current_dir(workspace.path())
        .output()
        .unwrap();
    let answer = (String::from_utf8(answer.stdout).unwrap(), String::from_utf8(answer.stderr).unwrap());
    assert_eq!(answer, ("--allow-destroy\n".to_owned(), String::new()));
}
