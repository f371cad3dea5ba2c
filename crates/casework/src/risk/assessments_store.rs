//! Rows of risk assessments.

use diesel::prelude::*;
use uuid::Uuid;

use kernel::case_file::Part;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::visibility::VisibleCase;

/// SQL: assessments at `r`.
#[doc(hidden)]
#[macro_export]
macro_rules! assessment_row {
    () => {
        "select 'assessment' as kind, r.id, null::uuid as parent, r.version, \
         json_build_object('tool', r.tool, 'tool_version', r.tool_version, 'score', r.score, \
           'yes_count', r.yes_count, 'no_count', r.no_count, 'dont_know_count', r.dont_know_count, \
           'not_asked_count', r.not_asked_count, 'assessed_on', r.assessed_on, 'maximum', r.maximum, \
           'tool_role', r.tool_role, 'how', r.assessed_how, 'actor_id', r.actor_id, \
           'agency_id', r.agency_id, 'created_by', r.created_by, 'referral_id', r.referral_id, \
           'supersedes_id', r.supersedes_id, 'created_at', r.created_at)::text as plain, \
         r.sealed from risk_assessments r "
    };
}

/// SQL: the assessments of the case $1 that no complete one of the same tool and a later day replaces.
#[doc(hidden)]
#[macro_export]
macro_rules! current_assessment_rows {
    () => {
        concat!(
            $crate::risk::assessment_row!(),
            "where r.case_id = $1 and not exists (select from risk_assessments n \
             where n.case_id = $1 and n.tool = r.tool and n.assessed_on > r.assessed_on \
             and n.score is not null and n.not_asked_count = 0)"
        )
    };
}

pub use {assessment_row, current_assessment_rows};

/// Every assessment of a case.
pub fn all(tx: &mut Tx<'_>, case: &VisibleCase) -> Result<Vec<Part>> {
    Ok(tx
        .sql(concat!(assessment_row!(), "where r.case_id = $1"))
        .bind(case.id)
        .load(tx.conn)?)
}

/// One assessment of a case.
pub fn one(tx: &mut Tx<'_>, case: &VisibleCase, id: Uuid) -> Result<Option<Part>> {
    Ok(tx
        .sql(concat!(
            assessment_row!(),
            "where r.case_id = $1 and r.id = $2"
        ))
        .bind(case.id)
        .bind(id)
        .get_result(tx.conn)
        .optional()?)
}
