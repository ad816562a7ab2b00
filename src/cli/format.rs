//! In which formats results are written, and where to.

use std::{
    path::{Path, PathBuf},
    str::FromStr,
};

use clap::{Args, ValueEnum};

use super::{Command, CoverageCommand, Global};

/// How results are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Text for people
    Human,
    /// One JSON document
    Json,
    /// Markdown for pull requests and job summaries (plan, apply, destroy, validate, coverage diff, status)
    Markdown,
    /// Annotations of GitHub Actions (plan, validate)
    Github,
    /// SARIF 2.1.0 (plan, validate)
    Sarif,
    /// JUnit XML (plan, validate)
    Junit,
    /// A page for browsers, complete in itself (plan, coverage map)
    Html,
    /// An SVG picture (graph, coverage map)
    Svg,
    /// A flowchart, which GitHub and GitLab draw in a Markdown block (graph, where it is the text for people)
    Mermaid,
    /// The language of Graphviz (graph)
    Dot,
    /// A data source of Terraform and an `aws_iam_policy` (iam-policy)
    Terraform,
    /// A CloudFormation template with a managed policy (iam-policy)
    Cloudformation,
}

impl Format {
    /// Returns the word for it on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Json => "json",
            Self::Markdown => "markdown",
            Self::Github => "github",
            Self::Sarif => "sarif",
            Self::Junit => "junit",
            Self::Html => "html",
            Self::Svg => "svg",
            Self::Mermaid => "mermaid",
            Self::Dot => "dot",
            Self::Terraform => "terraform",
            Self::Cloudformation => "cloudformation",
        }
    }

    /// Returns whether it can also say why there is no result: a picture, or code for another tool, cannot.
    pub fn says_failures(self) -> bool {
        !matches!(self, Self::Svg | Self::Mermaid | Self::Dot | Self::Terraform | Self::Cloudformation)
    }
}

/// What the end of a file's name says of its format.
const ENDINGS: [(&str, Format); 11] = [
    (".md", Format::Markdown),
    (".sarif", Format::Sarif),
    (".sarif.json", Format::Sarif),
    (".json", Format::Json),
    (".xml", Format::Junit),
    (".html", Format::Html),
    (".svg", Format::Svg),
    (".mmd", Format::Mermaid),
    (".dot", Format::Dot),
    (".tf", Format::Terraform),
    (".txt", Format::Human),
];

/// A file that a result is written to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// How it is written.
    pub format: Format,
    /// The file.
    pub path: PathBuf,
}

impl FromStr for Output {
    type Err = String;

    /// Reads `[FORMAT=]FILE`.
    fn from_str(text: &str) -> Result<Self, String> {
        let named =
            text.split_once('=').and_then(|(name, path)| Some((Format::from_str(name, false).ok()?, path)));
        let by_ending =
            || ENDINGS.iter().find(|(ending, _)| text.ends_with(ending)).map(|(_, format)| (*format, text));
        match named.or_else(by_ending) {
            Some((_, "")) => Err("the name of the file is missing".to_owned()),
            Some((_, "-")) => Err("`-` is no file: --format says what is written to stdout".to_owned()),
            Some((format, path)) => Ok(Self { format, path: PathBuf::from(path) }),
            None => {
                let endings: Vec<&str> = ENDINGS.iter().map(|(ending, _)| *ending).collect();
                Err(format!("write FORMAT=FILE, or end the name in {}", endings.join(", ")))
            }
        }
    }
}

impl Global {
    /// Returns all formats in which the result is wanted.
    pub fn formats(&self) -> impl Iterator<Item = Format> {
        std::iter::once(self.format).chain(self.output.iter().map(|output| output.format))
    }
}

impl Command {
    /// Returns whether the command can write its results in a format.
    pub fn writes(&self, format: Format) -> bool {
        let is_explanation = matches!(self, Self::Validate(args) if args.explain.is_some());
        let is_report = matches!(self, Self::Plan(_) | Self::Validate(_)) && !is_explanation;
        match format {
            Format::Human => true,
            Format::Json => !matches!(self, Self::Completions(_) | Self::Man(_)),
            Format::Markdown => {
                let (run, diff) = (
                    matches!(self, Self::Apply(_) | Self::Destroy(_) | Self::Status),
                    matches!(self, Self::Coverage(CoverageCommand::Diff(_))),
                );
                is_report || run || diff
            }
            Format::Github | Format::Sarif | Format::Junit => is_report,
            Format::Html => matches!(self, Self::Plan(_) | Self::Coverage(CoverageCommand::Map(_))),
            Format::Svg => matches!(self, Self::Graph(_) | Self::Coverage(CoverageCommand::Map(_))),
            Format::Mermaid | Format::Dot => matches!(self, Self::Graph(_)),
            Format::Terraform | Format::Cloudformation => matches!(self, Self::IamPolicy(_)),
        }
    }

    /// Returns what reports name the command: `trailctl plan`.
    pub fn title(&self) -> String {
        let name = match self {
            Self::Plan(_) => "plan",
            Self::Apply(_) => "apply",
            Self::Destroy(_) => "destroy",
            Self::Unlock(_) => "unlock",
            Self::Validate(_) => "validate",
            Self::Fmt(_) => "fmt",
            Self::Init(_) => "init",
            Self::Schema(_) => "schema",
            Self::Coverage(CoverageCommand::Explain(_)) => "coverage explain",
            Self::Coverage(CoverageCommand::Diff(_)) => "coverage diff",
            Self::Coverage(CoverageCommand::Map(_)) => "coverage map",
            Self::Graph(_) => "graph",
            Self::Status => "status",
            Self::Export(_) => "export",
            Self::IamPolicy(_) => "iam-policy",
            Self::Sandbox(_) => "sandbox serve",
            Self::Completions(_) => "completions",
            Self::Man(_) => "man",
        };
        format!("trailctl {name}")
    }

    /// Returns the files that the command reads beside the spec.
    pub fn reads(&self) -> Vec<&Path> {
        let files: Vec<&PathBuf> = match self {
            Self::Apply(args) => args.plan.iter().collect(),
            Self::Graph(args) => args.plan.iter().collect(),
            Self::Coverage(CoverageCommand::Explain(args)) => args.events.iter().collect(),
            Self::Coverage(CoverageCommand::Diff(args)) => vec![&args.old, &args.new],
            _ => Vec::new(),
        };
        files.into_iter().map(PathBuf::as_path).collect()
    }

    /// Returns the file that the command writes beside its results, and the option that names it.
    pub fn writes_beside(&self) -> Option<(&'static str, &Path)> {
        let (option, file) = match self {
            Self::Plan(args) => ("--out", &args.out),
            Self::Apply(args) => ("--record", &args.record),
            Self::Destroy(args) => ("--record", &args.record),
            _ => return None,
        };
        Some((option, file.as_deref()?))
    }

    /// Returns whether the command can write its results to files too.
    pub fn writes_files(&self) -> bool {
        self.writes(Format::Markdown)
            || matches!(self, Self::Coverage(_) | Self::Graph(_) | Self::IamPolicy(_))
    }
}

/// Arguments of `schema`.
#[derive(Args, Debug)]
pub struct SchemaArgs {
    /// The document: trailctl (the spec language), or one that a command prints as JSON
    #[arg(value_name = "DOCUMENT", default_value = "trailctl")]
    pub document: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_output_says_its_format_or_its_name_does() {
        let read =
            |text: &str| Output::from_str(text).map(|one| (one.format, one.path.display().to_string()));
        for (text, format, path) in [
            ("plan.md", Format::Markdown, "plan.md"),
            ("a=b/plan.sarif", Format::Sarif, "a=b/plan.sarif"),
            ("plan.sarif.json", Format::Sarif, "plan.sarif.json"),
            ("plan.json", Format::Json, "plan.json"),
            ("drift.xml", Format::Junit, "drift.xml"),
            ("graph.svg", Format::Svg, "graph.svg"),
            ("cloudformation=policy.json", Format::Cloudformation, "policy.json"),
            ("markdown=/dev/stderr", Format::Markdown, "/dev/stderr"),
            ("json=plan.md", Format::Json, "plan.md"),
        ] {
            assert_eq!(read(text), Ok((format, path.to_owned())), "{text}");
        }
        for text in ["plan", "plan.yaml", "pdf=plan", "junit=", ""] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
