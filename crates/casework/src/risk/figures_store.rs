//! Rows of what the assessments of a case come to.

use diesel::pg::Pg;
use diesel::prelude::*;
use uuid::Uuid;

use kernel::db::Tx;
use kernel::error::Result;
use kernel::schema::{cases, risk_figures};
use kernel::sql::{Row, statement};
use kernel::visibility::VisibleCase;
use practice::risk::CaseRisk;
use practice::risk::{Figure, FigurePlace};

/// SQL: `fragments/figures_of.sql` as a column `risk` among others, with the comma that follows it.
#[doc(hidden)]
#[macro_export]
macro_rules! risk_column {
    ($case:literal) => {
        concat!(::kernel::sql::fragment!("figures_of", $case), " as risk, ")
    };
}

pub use risk_column;

#[derive(Row)]
struct Risk {
    risk: CaseRisk,
}

/// The risk of one case.
pub fn of_case(tx: &mut Tx<'_>, case: &VisibleCase) -> Result<CaseRisk> {
    let row: Risk = tx
        .sql(statement!("figures" => Risk))
        .bind(case.id)
        .get_result(tx.conn)?;
    Ok(row.risk)
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = risk_figures, check_for_backend(Pg))]
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
    let rows: Vec<FigureRow> = risk_figures::table
        .filter(risk_figures::case_id.eq(case.id))
        .order(risk_figures::number)
        .select(FigureRow::as_select())
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
    diesel::delete(risk_figures::table.filter(risk_figures::case_id.eq(case.id)))
        .execute(tx.conn)?;
    let place = figures.iter().map(|one| one.place.as_str());
    let assessment = figures.iter().map(|one| one.assessment_id);
    // Arrays without nulls: what was not scored goes as -1.
    let score = figures.iter().map(|one| one.score.map_or(-1, i16::from));
    let answered = figures.iter().map(|one| i16::from(one.answered));
    let not_asked = figures.iter().map(|one| i16::from(one.not_asked));
    let leading = figures.iter().filter(|one| one.leading).count();
    tx.sql(statement!("insert_figures"))
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
    tx.sql(statement!("set_head"))
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
    let rows: Vec<Due> = tx.sql(statement!("due" => Due)).bind(rows).load(tx.conn)?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// The figures of these cases are not due any more.
pub fn settled(tx: &mut Tx<'_>, settled: Vec<Uuid>) -> Result<()> {
    diesel::update(cases::table.filter(cases::id.eq_any(settled)))
        .set(cases::risk_due.eq(false))
        .execute(tx.conn)?;
    Ok(())
}

/// What is known of a tool now, for rows that were written before it was recorded with them.
pub fn relabel(tx: &mut Tx<'_>, case: &VisibleCase, tool: &practice::risk::Tool) -> Result<()> {
    tx.sql(statement!("relabel"))
        .bind(case.id)
        .bind(tool.id.clone())
        .bind(i32::from(tool.version))
        .bind(tool.role.as_str())
        .bind(tool.max_score().map(i16::from))
        .bind(i16::try_from(tool.items.len()).ok())
        .execute(tx.conn)?;
    Ok(())
}
