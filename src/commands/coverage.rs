//! `coverage`: which events are recorded, and which would be.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, Read},
    path::Path,
};

use flate2::read::MultiGzDecoder;

use super::{
    Failure, Outcome,
    interrupts::reading,
    load::{Loaded, known_variables},
    pretty, reports,
    schema::{COVERAGE_DIFF, COVERAGE_MAP, Versioned},
    session::Session,
    show,
};
use crate::{
    cli::{DiffArgs, ExplainArgs, Format, Global, MapArgs},
    coverage::{Coverage, Event, Shown, can_happen, explain, find_recorded, map, must_record},
    exit,
    kinds::trail::recorded::{self, Trails},
    plan::coverage,
    records::{self, Record},
    report::{
        coverage::{self as report, Answer, ByTrail, Explained, Explanations, Tally},
        markdown, visible,
    },
    resolve,
    resource::Account,
    spec::parse::Parsed,
    ui::Ui,
};

/// How many events that are not recorded are explained.
const MOST_EXPLAINED: usize = 20;
/// The word that stands for the account where a spec may be named.
const LIVE: &str = "live";
/// The format of explanations as JSON.
pub(super) const FORMAT: &str = "trailctl.explain/1";
/// Why an event that is written by hand is not recorded, for one.
const IMPOSSIBLE: &str =
    "no event has these values: one may be misspelt, or an ARN belong to another type of resource";
/// What is said of events of Insights.
const OF_INSIGHTS: &str = "events of Insights follow from `insights` of a trail, and not from selectors";

/// Some trails, and whose they are.
struct Of {
    trails: Trails,
    account: Account,
    /// Whether nothing says which account it is.
    is_unknown: bool,
}

impl Of {
    fn coverage(&self) -> Coverage {
        recorded::coverage(&self.trails, &self.account)
    }
}

/// Returns the trails of the account or of the spec.
async fn of(ui: &Ui, global: &Global, is_live: bool) -> Result<Of, Failure> {
    if is_live {
        return of_account(ui, global).await;
    }
    // Who asks why an expectation does not hold needs an answer.
    let loaded = Loaded::without_expectations(global)?;
    known_variables(global, &[&loaded.parsed])?;
    of_spec(ui, global, &loaded)
}

/// Returns the trails that a spec describes. What is wrong with it is printed; warnings are not.
fn of_spec(ui: &Ui, global: &Global, loaded: &Loaded) -> Result<Of, Failure> {
    let Some(spec) = &loaded.parsed.spec else {
        show(ui, global, loaded)?;
        return Err(Failure::said(exit::ERROR));
    };
    let trails = resolve::trails(spec).into_iter().map(|(id, (_, trail))| (id, trail)).collect();
    let is_unknown = spec.head.account.is_none();
    Ok(Of { trails, account: resolve::account_of(spec), is_unknown })
}

/// Returns the trails of the account that can be read.
async fn of_account(ui: &Ui, global: &Global) -> Result<Of, Failure> {
    reading(Box::pin(async {
        let session = Session::of_account(ui, global).await?;
        let progress = ui.progress("Reading the live state");
        let seen = session.observe(false).await?;
        drop(progress);
        Ok(Of {
            trails: coverage::live(&seen.live),
            account: session.aws.account().clone(),
            is_unknown: false,
        })
    }))
    .await
}

pub(super) async fn explain_events(ui: &Ui, global: &Global, args: &ExplainArgs) -> Outcome {
    let of = of(ui, global, args.live).await?;
    let mut explaining = Explaining::new(&of);
    for path in &args.events {
        let name = path.display();
        let stream = open(path).map_err(|error| {
            Failure::error(format!("cannot read the events of {name}: {error}")).help("check its name")
        })?;
        records::for_each(stream, &mut |record| {
            explaining.add(record);
            true
        })
        .map_err(|error| {
            Failure::error(format!("cannot read the events of {name}: {error}"))
                .help("give CloudTrail's log files, or records as JSON, one behind the other; gzip is seen by itself")
        })?;
    }
    let found = explaining.done();
    if found.events == 0 {
        return Err(Failure::error("there are no events").help("name a file with some, or `-` for stdin"));
    }
    reports::give(ui, global, &|format| match format {
        Format::Human => Ok(report::explanations(&found)),
        Format::Json => Ok(pretty(&found)),
        other => Err(reports::unknown(other)),
    })?;
    Ok(if found.recorded == found.events { exit::DONE } else { exit::CHANGES })
}

/// Opens a file, or stdin for `-`, and unpacks what is packed by gzip.
fn open(path: &Path) -> io::Result<Box<dyn Read>> {
    let mut stream: Box<dyn Read> =
        if path.as_os_str() == "-" { Box::new(io::stdin().lock()) } else { Box::new(File::open(path)?) };
    let mut start = Vec::new();
    stream.by_ref().take(2).read_to_end(&mut start)?;
    let is_gzip = start == [0x1f, 0x8b];
    let whole = io::Cursor::new(start).chain(stream);
    Ok(if is_gzip { Box::new(MultiGzDecoder::new(whole)) } else { Box::new(whole) })
}

/// The explanations of some events, while they are read.
struct Explaining<'a> {
    coverage: Coverage,
    account: records::Account<'a>,
    events: u64,
    recorded: u64,
    by: BTreeMap<(usize, usize), u64>,
    /// The first event, as long as it is the only one.
    first: Option<Explained>,
    explained: Vec<Explained>,
}

impl<'a> Explaining<'a> {
    fn new(of: &'a Of) -> Self {
        let account = records::Account { id: &of.account.id, is_unknown: of.is_unknown };
        let (first, explained) = Default::default();
        Self {
            coverage: of.coverage(),
            account,
            events: 0,
            recorded: 0,
            by: BTreeMap::new(),
            first,
            explained,
        }
    }

    fn add(&mut self, record: &Record<'_>) {
        self.events += 1;
        let is_shown = self.events == 1 || self.explained.len() < MOST_EXPLAINED;
        if record.is_partial() {
            let explained = self.partial(record);
            self.recorded += u64::from(explained.recorded == Answer::Yes);
            return self.keep(explained);
        }
        if record.is_of_insights() {
            let (event, why) = (record.title(), Some(OF_INSIGHTS));
            return self.keep(Explained {
                event,
                recorded: Answer::Unknown,
                why,
                trails: Vec::new(),
                such_as: None,
                but_not: None,
            });
        }
        let events = record.events(self.account);
        let mut recorders = BTreeMap::new();
        for (trail, selector) in events.iter().flat_map(|event| self.coverage.recorders(event)) {
            recorders.entry(trail).or_insert(selector);
        }
        let is_recorded = !recorders.is_empty();
        self.recorded += u64::from(is_recorded);
        for recorder in recorders {
            *self.by.entry(recorder).or_default() += 1;
        }
        if self.events == 1 || (!is_recorded && is_shown) {
            let recorded = if is_recorded { Answer::Yes } else { Answer::No };
            let trails = self.by_trail(&events);
            self.keep(Explained {
                event: record.title(),
                recorded,
                trails,
                why: None,
                such_as: None,
                but_not: None,
            });
        }
    }

    fn keep(&mut self, explained: Explained) {
        if self.events == 1 {
            self.first = Some(explained);
        } else if explained.recorded != Answer::Yes && self.explained.len() < MOST_EXPLAINED {
            self.explained.push(explained);
        }
    }

    /// Says what each trail does with the events of one record: with the first that it records, or else with the first.
    fn by_trail(&self, events: &[Event]) -> Vec<ByTrail> {
        let trails = self.coverage.trails().iter().enumerate();
        let explained = trails.filter_map(|(number, trail)| {
            let recorded =
                events.iter().find(|event| self.coverage.recorders(event).any(|(one, _)| one == number));
            let event = recorded.or(events.first())?;
            let explanation = explain(&self.coverage, event).into_iter().nth(number)?;
            Some(ByTrail { words: explanation.words(trail), explanation })
        });
        explained.collect()
    }

    /// Says what becomes of all events that a partial record may stand for.
    fn partial(&self, record: &Record<'_>) -> Explained {
        let mut explained = Explained {
            event: record.title(),
            recorded: Answer::Impossible,
            why: Some(IMPOSSIBLE),
            trails: Vec::new(),
            such_as: None,
            but_not: None,
        };
        for pattern in record.patterns(self.account) {
            if !can_happen(&self.coverage, &pattern) {
                continue;
            }
            if explained.recorded == Answer::Impossible {
                (explained.recorded, explained.why) = (Answer::No, None);
            }
            match (must_record(&self.coverage, &pattern), find_recorded(&self.coverage, &pattern)) {
                (crate::coverage::Verdict::Contained, such) => {
                    explained.recorded = Answer::Yes;
                    explained.such_as = such.ok().flatten().map(Shown::from);
                    (explained.trails, explained.but_not) = Default::default();
                    return explained;
                }
                (crate::coverage::Verdict::Lost(example), such) => {
                    let such = such.ok().flatten().map(Shown::from);
                    if such.is_some() {
                        explained.recorded = Answer::Some;
                    }
                    explained.such_as = explained.such_as.or(such);
                    if explained.but_not.is_none() {
                        explained.trails = self.by_trail(std::slice::from_ref(&example.event));
                        explained.but_not = Some(Shown::from(*example));
                    }
                }
                (crate::coverage::Verdict::TooComplex, _) => explained.recorded = Answer::Unknown,
            }
        }
        explained
    }

    fn done(self) -> Explanations {
        let Self { coverage, account: _, events, recorded, by, first, mut explained } = self;
        let is_first_shown = |first: &Explained| events == 1 || first.recorded != Answer::Yes;
        explained.splice(0..0, first.filter(is_first_shown));
        explained.truncate(MOST_EXPLAINED);
        let trails = coverage.trails();
        let tally = |((trail, selector), events): ((usize, usize), u64)| Tally {
            trail: trails[trail].name.clone(),
            selector: trails[trail].selector(selector),
            events,
        };
        Explanations { format: FORMAT, events, recorded, by: by.into_iter().map(tally).collect(), explained }
    }
}

/// Compares what two specs record, or a spec and the account.
pub(super) async fn diff(ui: &Ui, global: &Global, args: &DiffArgs) -> Outcome {
    let (old, new) = (spec(global, &args.old)?, spec(global, &args.new)?);
    let specs: Vec<&Parsed> = [&old, &new].into_iter().flatten().map(|loaded| &loaded.parsed).collect();
    // A variable may be new, or gone.
    known_variables(global, &specs)?;
    let [mut old, mut new] = [side(ui, global, old).await?, side(ui, global, new).await?];
    // A side that does not say which account it is for is for that of the other.
    if old.is_unknown {
        old.account.id.clone_from(&new.account.id);
    } else if new.is_unknown {
        new.account.id.clone_from(&old.account.id);
    }
    if old.account.id != new.account.id || old.account.partition != new.account.partition {
        let message = format!(
            "the two are of different accounts: {} of {} and {} of {}",
            old.account.id, old.account.partition, new.account.id, new.account.partition
        );
        return Err(Failure::error(message).help("compare two specs of one account"));
    }
    let found = coverage::compare(&old.trails, &new.trails, &new.account, &|_| None);
    reports::give(ui, global, &|format| match format {
        Format::Human => Ok(report::change(&found)),
        Format::Json => Ok(pretty(&Versioned { format: COVERAGE_DIFF, document: &found })),
        Format::Markdown => Ok(markdown::coverage(&found)),
        other => Err(reports::unknown(other)),
    })?;
    Ok(if found.events.is_loss() { exit::CHANGES } else { exit::DONE })
}

/// Reads the spec of one side of a comparison, unless that is the account.
fn spec(global: &Global, name: &Path) -> Result<Option<Loaded>, Failure> {
    let global = Global { file: vec![name.to_owned()], ..global.clone() };
    (name.as_os_str() != LIVE).then(|| Loaded::without_expectations(&global)).transpose()
}

/// Returns the trails of one side of a comparison.
async fn side(ui: &Ui, global: &Global, spec: Option<Loaded>) -> Result<Of, Failure> {
    match spec {
        Some(spec) => of_spec(ui, global, &spec),
        None => of_account(ui, global).await,
    }
}

/// Shows what is recorded, place by place and sort by sort.
pub(super) async fn show_map(ui: &Ui, global: &Global, args: &MapArgs) -> Outcome {
    let of = of(ui, global, args.live).await?;
    let map = map(&of.coverage(), &of.account.id);
    let title = match of.is_unknown {
        true => "What the trails record".to_owned(),
        false => format!("What the trails of {} record", visible(&of.account.id)),
    };
    let failed = |error| Failure::error(format!("cannot draw the map: {error}"));
    reports::give(ui, global, &|format| match format {
        Format::Human => Ok(report::table(&map)),
        Format::Html => report::html(&map, &title).map_err(failed),
        Format::Svg => report::svg(&map, &title).map_err(failed),
        Format::Json => Ok(pretty(&Versioned { format: COVERAGE_MAP, document: &map })),
        other => Err(reports::unknown(other)),
    })?;
    Ok(exit::DONE)
}
