//! Rows of what the assessments of a case come to.

use diesel::prelude::*;
use uuid::Uuid;

use kernel::db::Tx;
use kernel::error::Result;
use kernel::sql::Row;
use kernel::visibility::VisibleCase;
use practice::risk::CaseRisk;
use practice::risk::{Figure, FigurePlace};

/// SQL: the figures of the case with this id as one JSON text, to be read as a `CaseRisk`.
#[doc(hidden)]
#[macro_export]
macro_rules! figures_of {
    ($case:literal) => {
        ::kernel::sql::fragment!("figures_of", $case)
    };
}

/// SQL: the same as a column `risk` among others, with the comma that follows it.
#[doc(hidden)]
#[macro_export]
macro_rules! risk_column {
    ($case:literal) => {
        concat!($crate::risk::figures_of!($case), " as risk, ")
    };
}

/// SQL: the same as a part of the case file $1.
#[doc(hidden)]
#[macro_export]
macro_rules! figures_row {
    () => {
        concat!(
            "select 'risk' as kind, c.id, null::uuid as parent, c.version, ",
            $crate::risk::figures_of!("c.id"),
            " as plain, null::bytea as sealed from cases c where c.id = $1"
        )
    };
}

pub use {figures_of, figures_row, risk_column};

#[derive(Row)]
struct Risk {
    risk: CaseRisk,
}

/// The risk of one case.
pub fn of_case(tx: &mut Tx<'_>, case: &VisibleCase) -> Result<CaseRisk> {
    let row: Risk = tx
        .sql(concat!("select ", figures_of!("$1"), " as risk"))
        .bind(case.id)
        .get_result(tx.conn)?;
    Ok(row.risk)
}

#[derive(Row)]
struct FigureRow {
    place: FigurePlace,
    leads: bool,
    assessment_id: Uuid,
    score: Option<i16>,
    answered_count: i16,
    not_asked_count: i16,
}

/// The figures as they stand in rows.
pub fn stored(tx: &mut Tx<'_>, case: &VisibleCase) -> Result<Vec<Figure>> {
    let rows: Vec<FigureRow> = tx
        .sql(
            "select place, leads, assessment_id, score, answered_count, not_asked_count \
         from risk_figures where case_id = $1 order by number",
        )
        .bind(case.id)
        .load(tx.conn)?;
    let narrow = |wide: i16| u8::try_from(wide).unwrap_or(u8::MAX);
    Ok(rows
        .into_iter()
        .map(|row| Figure {
            place: row.place,
            leading: row.leads,
            assessment_id: row.assessment_id,
            score: row.score.map(narrow),
            answered: narrow(row.answered_count),
            not_asked: narrow(row.not_asked_count),
        })
        .collect())
}

/// Writes the figures anew. The case must be locked.
pub fn replace(tx: &mut Tx<'_>, case: &VisibleCase, figures: &[Figure]) -> Result<()> {
    tx.sql("delete from risk_figures where case_id = $1")
        .bind(case.id)
        .execute(tx.conn)?;
    let place = figures.iter().map(|one| one.place.as_str());
    let assessment = figures.iter().map(|one| one.assessment_id);
    // Arrays without nulls: what was not scored goes as -1.
    let score = figures.iter().map(|one| one.score.map_or(-1, i16::from));
    let answered = figures.iter().map(|one| i16::from(one.answered));
    let not_asked = figures.iter().map(|one| i16::from(one.not_asked));
    let leading = figures.iter().filter(|one| one.leading).count();
    tx.sql(
        "insert into risk_figures (case_id, number, marac_id, place, leads, assessment_id, score, \
         answered_count, not_asked_count) \
         select $1, x.n, $2, x.place, x.n <= $3, x.assessment_id, nullif(x.score, -1), x.answered, \
         x.not_asked from unnest($4::text[], $5::uuid[], $6::smallint[], $7::smallint[], $8::smallint[]) \
         with ordinality as x(place, assessment_id, score, answered, not_asked, n)",
    )
    .bind(case.id)
    .bind(case.marac_id)
    .bind(i64::try_from(leading).unwrap_or(i64::MAX))
    .bind(place.collect::<Vec<_>>())
    .bind(assessment.collect::<Vec<_>>())
    .bind(score.collect::<Vec<_>>())
    .bind(answered.collect::<Vec<_>>())
    .bind(not_asked.collect::<Vec<_>>())
    .execute(tx.conn)?;
    Ok(())
}

/// The head of the case follows its figures. A criterion is only ever added (R4).
pub fn set_head(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    score: Option<u8>,
    high: bool,
    changed: bool,
) -> Result<()> {
    tx.sql(
        "update cases set score = $2, risk_due = false, \
         version = version + case when $4 or ($3 and not 'visible_high_risk' = any (criteria)) \
           then 1 else 0 end, \
         criteria = case when $3 and not 'visible_high_risk' = any (criteria) \
           then array_prepend('visible_high_risk', criteria) else criteria end where id = $1",
    )
    .bind(case.id)
    .bind(score.map(i16::from))
    .bind(high)
    .bind(changed)
    .execute(tx.conn)?;
    Ok(())
}

#[derive(Row)]
struct Due {
    id: Uuid,
}

/// Some cases whose figures are to be worked out anew, locked; another server's are left to it.
pub fn due(tx: &mut Tx<'_>, rows: i64) -> Result<Vec<Uuid>> {
    let rows: Vec<Due> = tx
        .sql("select id from cases where risk_due order by id limit $1 for update skip locked")
        .bind(rows)
        .load(tx.conn)?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// The figures of these cases are not due any more.
pub fn settled(tx: &mut Tx<'_>, cases: Vec<Uuid>) -> Result<()> {
    tx.sql("update cases set risk_due = false where id = any ($1)")
        .bind(cases)
        .execute(tx.conn)?;
    Ok(())
}

/// What is known of a tool now, for rows that were written before it was recorded with them.
pub fn relabel(tx: &mut Tx<'_>, case: &VisibleCase, tool: &practice::risk::Tool) -> Result<()> {
    tx.sql(
        "update risk_assessments set tool_role = $4, maximum = $5, \
         score = case when $5::smallint is null or not_asked_count = coalesce($6, 0) then null else score end \
         where case_id = $1 and tool = $2 and tool_version = $3 \
         and (tool_role, maximum) is distinct from ($4, $5)",
    )
    .bind(case.id)
    .bind(tool.id.clone())
    .bind(i32::from(tool.version))
    .bind(tool.role.as_str())
    .bind(tool.max_score().map(i16::from))
    .bind(i16::try_from(tool.items.len()).ok())
    .execute(tx.conn)?;
    Ok(())
}
