//! Working out what the assessments of a case come to, when one is recorded and when the MARAC goes by
//! another tool.

use super::record::SealedAssessment;
use super::{assessments_store, figures_store as store};
use directory::maracs;
use kernel::audit::{Audited, Event};
use kernel::case_file::Part;
use kernel::db::Db;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::policy::Act;
use kernel::visibility::{self, VisibleCase};
use practice::marac::settings::MaracSettings;
use practice::risk::ToolRole;
use practice::risk::{Answer, Tools};
use practice::risk::{CountedAssessment, Figure, FigurePlace, Items, figures};

/// Cases in one transaction.
const BATCH: i64 = 50;

/// Writes the figures of a case anew, and adds the criterion of visible high risk where they reach the
/// threshold; nothing takes it away (R4). To be called on the locked case by whatever changes its
/// assessments.
pub fn refresh(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    tools: &Tools,
    settings: &MaracSettings,
) -> Result<()> {
    let known = known(tx, case)?;
    let figures = figures(&known, &settings.threshold_tool);
    let changed = store::stored(tx, case)? != figures;
    if changed {
        store::replace(tx, case, &figures)?;
    }
    let standing = |one: &&Figure| one.leading && one.place == FigurePlace::Standing;
    let score = figures.iter().find(standing).and_then(|one| one.score);
    let high = shows_high_risk(&known, &figures, tools, settings);
    store::set_head(tx, case, score, high, changed)
}

/// Whether what stands, or what a part raised it to, reaches the threshold of its tool.
fn shows_high_risk(
    known: &[CountedAssessment],
    figures: &[Figure],
    tools: &Tools,
    settings: &MaracSettings,
) -> bool {
    let now = figures
        .iter()
        .filter(|one| matches!(one.place, FigurePlace::Standing | FigurePlace::Raised))
        .cloned();
    reach_threshold(known, &now.collect::<Vec<_>>(), tools, settings)
}

fn reach_threshold(
    known: &[CountedAssessment],
    figures: &[Figure],
    tools: &Tools,
    settings: &MaracSettings,
) -> bool {
    let criteria = settings.criteria();
    figures.iter().any(|figure| {
        let by = known.iter().find(|one| one.id == figure.assessment_id);
        let threshold = by
            .filter(|by| by.role == ToolRole::Threshold)
            .and_then(|by| tools.get(&by.tool, by.version))
            .and_then(|tool| criteria.threshold_for(&tool.id, tool.threshold, tool.max_score()));
        threshold.is_some_and(|threshold| figure.score >= Some(threshold))
    })
}

/// Whether an assessment of the case, or what parts came to, ever reached the threshold of its tool.
pub fn ever_showed_high_risk(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    tools: &Tools,
    settings: &MaracSettings,
) -> Result<bool> {
    let known = known(tx, case)?;
    let figures = figures(&known, &settings.threshold_tool);
    let each = known.iter().map(|one| one.figure(FigurePlace::Standing));
    let all: Vec<Figure> = figures.into_iter().chain(each).collect();
    Ok(reach_threshold(&known, &all, tools, settings))
}

/// The assessments of a case with their answers. One whose answers do not open is counted by its score.
fn known(tx: &mut Tx<'_>, case: &VisibleCase) -> Result<Vec<CountedAssessment>> {
    let parts = assessments_store::all(tx, case)?;
    parts.iter().map(|part| of(case, part)).collect()
}

fn of(case: &VisibleCase, part: &Part) -> Result<CountedAssessment> {
    let columns: super::assessments_api::Columns = part.plain()?;
    let seal = part.open::<SealedAssessment>(case, "risk_assessments", "sealed");
    let items = seal.ok().map(|seal| {
        let ids = |wanted: &dyn Fn(Answer) -> bool| {
            let found = seal.answers.iter().filter(|one| wanted(one.answer));
            found.map(|one| one.item.to_string()).collect()
        };
        Items {
            yes: ids(&|answer| answer == Answer::Yes),
            answered: ids(&|answer| answer != Answer::NotAsked),
        }
    });
    Ok(CountedAssessment {
        id: part.id,
        answered: columns.answered(),
        tool: columns.tool,
        version: columns.tool_version,
        role: columns.tool_role,
        score: columns.score,
        not_asked: columns.not_asked_count,
        assessed_on: columns.assessed_on,
        created_at: columns.created_at,
        items,
    })
}

/// The job: works out the figures of cases that are due.
pub fn recount_due(db: &Db, tools: &Tools) -> Result<()> {
    while db
        .run_round(Act::RecountRisk.ask(), |tx| recount_some(tx, tools))?
        .is_some()
    {}
    Ok(())
}

/// Some of them, in this transaction.
pub fn recount_some(tx: &mut Tx<'_>, tools: &Tools) -> Result<Option<Audited<usize>>> {
    let due = store::due(tx, BATCH)?;
    if due.is_empty() {
        return Ok(None);
    }
    for id in &due {
        // A file whose key is destroyed has no figures to work out.
        let Ok(case) = visibility::case(tx, Act::RecountRisk, *id) else {
            continue;
        };
        let settings = maracs::settings(tx, case.marac_id)?.0;
        for tool in tools.iter() {
            store::relabel(tx, &case, tool)?;
        }
        refresh(tx, &case, tools, &settings)?;
    }
    let done = due.len();
    store::settled(tx, due)?;
    Ok(Some(Audited::new(done, Event::list(done).fields(["risk"]))))
}
