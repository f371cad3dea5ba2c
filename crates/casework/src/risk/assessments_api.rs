//! A case's risk assessments: reading them, assessing again.

use actix_web::web::Data;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::assessments_store as store;
use super::record::{self, SealedAssessment, Source};
use super::refresh;
use crate::parties;
use directory::maracs;
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::case_file::{Part, must_show, opened, opened_locked};
use kernel::db::Db;
use kernel::error::{Error, FieldError, Result};
use kernel::http::{
    Body, Created, Idempotency, IdempotencyKey, Json, Path, etag, happened, operation,
};
use kernel::policy::hidden;
use kernel::policy::lens::FieldGroup;
use kernel::visibility::VisibleCase;
use practice::document::{AnswerIn, AssessmentIn};
use practice::risk::{AssessedHow, GivenAnswer, Score, Tool, ToolRole, Tools, score};

/// Assessments of a case.
pub fn assessment_routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_risk_assessments_route)
        .service(assess_risk_route);
}

/// A risk assessment. Its score is shown to everybody who sees the case.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AssessmentOut {
    /// Id.
    pub id: Uuid,
    /// Version.
    pub etag: String,
    /// The tool.
    pub tool: String,
    /// Its version.
    pub tool_version: u16,
    /// What the tool is for.
    pub tool_role: ToolRole,
    /// Items answered yes. Null where the tool is not scored, or nothing was answered.
    pub score: Option<u8>,
    /// The highest score the tool can give; null for a tool that is not scored.
    pub maximum: Option<u8>,
    /// Whether every item was asked; if not, this is a part.
    pub score_complete: bool,
    /// Items answered yes.
    pub yes_count: u8,
    /// Items answered no.
    pub no_count: u8,
    /// Items asked and not known.
    pub dont_know_count: u8,
    /// Items answered: yes, no or not known.
    pub answered_count: u8,
    /// Items not asked.
    pub not_asked_count: u8,
    /// When it was done with the survivor.
    pub assessed_on: NaiveDate,
    /// How it was done.
    pub how: AssessedHow,
    /// Who did it.
    pub agency_id: Uuid,
    /// Who did it, if an account of this service.
    pub created_by: Option<Uuid>,
    /// Who did it, if a registered person of a partner's program.
    pub actor_id: Option<Uuid>,
    /// The referral it came with.
    pub referral_id: Option<Uuid>,
    /// The complete assessment of the same tool whose place it took; none for a part.
    pub supersedes_id: Option<Uuid>,
    /// When it was recorded.
    pub created_at: DateTime<Utc>,
    /// Answers and notes; left out if withheld.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answers: Option<Vec<AnswerIn>>,
    /// Anything else that was weighed; left out if withheld.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    /// Professional judgement in words; left out if withheld.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub judgement: Option<String>,
}

/// The plain columns of an assessment.
#[derive(Deserialize)]
pub(super) struct Columns {
    pub tool: String,
    pub tool_version: u16,
    pub tool_role: ToolRole,
    pub score: Option<u8>,
    pub maximum: Option<u8>,
    pub yes_count: u8,
    pub no_count: u8,
    pub dont_know_count: u8,
    pub not_asked_count: u8,
    pub assessed_on: NaiveDate,
    pub how: AssessedHow,
    pub agency_id: Uuid,
    pub created_by: Option<Uuid>,
    pub actor_id: Option<Uuid>,
    pub referral_id: Option<Uuid>,
    pub supersedes_id: Option<Uuid>,
    pub created_at: DateTime<Utc>,
}

impl Columns {
    /// Items answered: yes, no or not known.
    pub fn answered(&self) -> u8 {
        let asked = self.no_count.saturating_add(self.dont_know_count);
        self.yes_count.saturating_add(asked)
    }
}

impl AssessmentOut {
    /// An assessment through the reader's lens.
    pub fn of(case: &VisibleCase, part: &Part) -> Result<Self> {
        let columns: Columns = part.plain()?;
        let seal: Option<SealedAssessment> = case
            .lens
            .shows(FieldGroup::DashAnswers)
            .then(|| part.open(case, "risk_assessments", "sealed"))
            .transpose()?;
        let (answers, notes, judgement) = match seal {
            Some(seal) => (Some(seal.answers), seal.notes, seal.judgement),
            None => (None, None, None),
        };
        Ok(Self {
            id: part.id,
            etag: etag(part.version),
            answered_count: columns.answered(),
            score_complete: columns.score.is_some() && columns.not_asked_count == 0,
            tool: columns.tool,
            tool_version: columns.tool_version,
            tool_role: columns.tool_role,
            score: columns.score,
            maximum: columns.maximum,
            yes_count: columns.yes_count,
            no_count: columns.no_count,
            dont_know_count: columns.dont_know_count,
            not_asked_count: columns.not_asked_count,
            assessed_on: columns.assessed_on,
            how: columns.how,
            agency_id: columns.agency_id,
            created_by: columns.created_by,
            actor_id: columns.actor_id,
            referral_id: columns.referral_id,
            supersedes_id: columns.supersedes_id,
            created_at: columns.created_at,
            answers,
            notes,
            judgement,
        })
    }

    /// Newest first.
    pub fn sorted<'p>(
        case: &VisibleCase,
        parts: impl Iterator<Item = &'p Part>,
    ) -> Result<Vec<Self>> {
        let mut all = parts
            .map(|part| Self::of(case, part))
            .collect::<Result<Vec<_>>>()?;
        all.sort_by_key(|one| std::cmp::Reverse((one.created_at, one.id)));
        Ok(all)
    }
}

/// The assessments of a case.
#[derive(Serialize, ToSchema)]
pub struct AssessmentsOut {
    /// Newest first.
    items: Vec<AssessmentOut>,
    /// Groups of fields this reader does not get.
    withheld: Vec<FieldGroup>,
    /// Always null: they are one page.
    next_cursor: Option<String>,
}

/// Every risk assessment of a case, newest first.
#[operation(get, "/cases/{id}/risk-assessments", tag = "risk", act = ReadCase,
    says = "Scores, and the answers if the lens shows them.")]
pub async fn list_risk_assessments(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Json<AssessmentsOut>> {
    db.run(&caller, ACT.on("case", id), move |tx| {
        let case = opened(tx, ACT, id)?;
        let rows = store::all(tx, &case)?;
        let items = AssessmentOut::sorted(&case, rows.iter())?;
        let event = Event::of_case(&case)
            .fields(["risk_assessments"])
            .rows(items.len());
        let body = AssessmentsOut {
            items,
            withheld: case.lens.withheld(),
            next_cursor: None,
        };
        Ok(Audited::new(body, event))
    })
    .await
    .map(Json)
}

/// Assess risk again.
///
/// The server scores it. A complete assessment takes the place of the complete one of the same tool
/// before it; a part, which leaves items unasked, can only raise what stands; a supplement stands beside
/// it. A score that reaches the threshold adds the criterion of visible high risk; a lower one takes
/// nothing away (R4).
#[operation(post, "/cases/{id}/risk-assessments", tag = "risk", act = AssessRisk, says = "Recorded.")]
pub async fn assess_risk(
    db: Data<Db>,
    tools: Data<Tools>,
    caller: Caller,
    Path(id): Path<Uuid>,
    key: IdempotencyKey,
    body: Body<AssessmentIn>,
) -> Result<Created<Json<AssessmentOut>>> {
    let (body, tools) = (body.0, tools.clone());
    let assessment = db
        .run(&caller, ACT.on("case", id), move |tx| {
            let case = opened_locked(tx, ACT, id)?;
            must_show(&case, FieldGroup::DashAnswers)?;
            let score = scored(&tools, &body)?;
            let born = parties::survivor_born(tx, &case)?;
            happened("/assessed_on", body.assessed_on.day(), tx.today(), born)?;
            let claim = key.claim(tx, "assess_risk", &(id, &body))?;
            if let Idempotency::Fresh(new_id) = claim {
                let source = Source {
                    referral_id: None,
                    agency_id: tx.actor.agency_id,
                    created_by: tx.actor.principal.user_id(),
                    actor_id: tx.actor.principal.actor_id(),
                    judgement: None,
                };
                record::record_as(tx, &case, new_id, &body, &score, source)?;
                let (settings, _) = maracs::settings(tx, case.marac_id)?;
                refresh(tx, &case, &tools, &settings)?;
            }
            let part = store::one(tx, &case, claim.id())?.ok_or_else(hidden)?;
            let event = Event::of_case(&case).on("risk_assessment", claim.id());
            Ok(Audited::new(AssessmentOut::of(&case, &part)?, event))
        })
        .await?;
    Ok(Created(Json(assessment)))
}

/// The score, or every mistake in the answers with its pointer.
fn scored(tools: &Tools, body: &AssessmentIn) -> Result<Score> {
    let given: Vec<_> = body
        .answers
        .iter()
        .map(|answer| GivenAnswer {
            item: &answer.item,
            answer: answer.answer,
            options: &answer.options,
        })
        .collect();
    score(tool(tools, body)?, &given).map_err(|errors| {
        let fields = errors.iter().map(|error| {
            FieldError::new(
                format!("/answers/{}", error.index),
                error.code.as_str(),
                "The tool does not take this answer.",
            )
        });
        Error::invalid(fields.collect())
    })
}

fn tool<'t>(tools: &'t Tools, body: &AssessmentIn) -> Result<&'t Tool> {
    let latest = tools
        .latest(&body.tool)
        .ok_or_else(|| Error::field("/tool", "unknown", "Name a published tool."))?;
    match body.tool_version {
        None => Ok(latest),
        Some(version) => tools
            .get(&body.tool, version)
            .ok_or_else(|| Error::field("/tool_version", "unknown", "Name a published version.")),
    }
}
