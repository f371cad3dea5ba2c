//! Who is told what of a question.

use uuid::Uuid;

use super::store::{self, Question};
use directory::notifications::{Notice, NoticeKind, To, tell};
use kernel::db::Tx;
use kernel::error::Result;
use kernel::visibility::VisibleCase;

/// It was asked: the case's lead, or whoever leads it while nobody was made the lead.
pub fn asked(tx: &mut Tx<'_>, case: &VisibleCase, id: Uuid) -> Result<()> {
    let to = match case.row.lead_user_id.or(case.row.lead_agency_id) {
        Some(_) => vec![To::Lead],
        None => store::unnamed_leads(tx, case)?
            .into_iter()
            .filter_map(|lead| lead.user_id.map(To::User).or(lead.actor_id.map(To::Actor)))
            .collect(),
    };
    let notice = Notice {
        kind: NoticeKind::QuestionAsked,
        marac_id: case.marac_id,
        case_id: Some(case.id),
        subject: ("question", id),
        to,
    };
    tell(tx, &[notice])
}

/// It was answered or declined: who asked.
pub fn answered(tx: &mut Tx<'_>, case: &VisibleCase, question: &Question) -> Result<()> {
    let to = question.asked_by.map(To::User);
    let notice = Notice {
        kind: NoticeKind::QuestionAnswered,
        marac_id: case.marac_id,
        case_id: Some(case.id),
        subject: ("question", question.id),
        to: to
            .into_iter()
            .chain(question.actor_id.map(To::Actor))
            .collect(),
    };
    tell(tx, &[notice])
}
