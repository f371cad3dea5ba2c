//! Referrals that were made and accepted before the program knew of them: taken over from a register
//! as they stand there. What practice asks for and the register does not say becomes a gap, never an
//! invented value.

use chrono::NaiveDate;
use uuid::Uuid;

use super::ReferralStatus;
use super::rules::{self, Checked};
use super::store::ReferralRow;
use super::unfold::{Unfolding, counted, unfold};
use super::write_store::{self, Origin};
use super::written::Written;
use casework::cases::intake::{self, Person};
use casework::people::{self, TokenKind};
use kernel::db::Tx;
use kernel::error::{Error, Result};
use kernel::policy::Act;
use kernel::visibility;
use practice::document::Document;
use practice::marac::settings::MaracSettings;
use practice::risk::{Criteria, Criterion, Score, ToolRole, Tools, is_repeat};

/// A referral of a register.
pub struct Historic<'a> {
    /// The MARAC.
    pub marac_id: Uuid,
    /// Its code, which begins the case's.
    pub marac_code: &'a str,
    /// Its settings.
    pub settings: &'a MaracSettings,
    /// Who made it.
    pub agency_id: Uuid,
    /// Who made it with them.
    pub co_agency_id: Option<Uuid>,
    /// The register's reference.
    pub external_ref: &'a str,
    /// Its day.
    pub referred_on: NaiveDate,
    /// What it says.
    pub document: &'a Document,
    /// What the register leaves out beside the document.
    pub gaps: Vec<&'static str>,
}

/// What became of it.
pub struct Recorded {
    /// Its case.
    pub case_id: Uuid,
    /// The referral.
    pub referral_id: Uuid,
    /// It joined a case of the same pair.
    pub joined: bool,
    /// It is a repeat (R13).
    pub repeat: bool,
    /// What practice asks for and the record does not have.
    pub gaps: Vec<&'static str>,
}

/// Writes it down as accepted: into the MARAC's case of exactly the same pair, else into a new one.
pub fn import_history(tx: &mut Tx<'_>, tools: &Tools, from: Historic<'_>) -> Result<Recorded> {
    let tokens = people::tokens_of(from.document, &tx.keys);
    let pairs = tokens.iter().filter(|token| token.kind == TokenKind::Pair);
    let pairs = pairs.map(|token| token.hash.clone()).collect();
    let known = people::pair_case(tx, from.marac_id, pairs, from.referred_on)?;
    let previous_on = known.as_ref().and_then(|known| known.previous_on);
    let window_months = u32::from(from.settings.repeat_window_months);
    let repeat = is_repeat(previous_on, from.referred_on, window_months);
    let (checked, mut gaps) = check(&from, tools, tx.today(), previous_on)?;
    gaps.extend(&from.gaps);
    gaps.sort_unstable();

    let joined = known.is_some();
    let case = match known {
        Some(known) => visibility::case_locked(tx, Act::ImportRegister, known.case_id)?,
        None => intake::open_file(tx, from.marac_id, from.marac_code, Person::Nobody, true)?,
    };
    let origin = Origin {
        id: Uuid::now_v7(),
        agency_id: from.agency_id,
        submitted_by: None,
        actor_id: None,
        external_ref: Some(from.external_ref.to_owned()),
        gaps: gaps.iter().copied().map(str::to_owned).collect(),
    };
    let written = Written {
        document: from.document,
        checked: &checked,
        referred_on: from.referred_on,
        status: ReferralStatus::Accepted,
        urgent: false,
        co_agency_id: from.co_agency_id,
    };
    write_store::insert(tx, &case, &origin, &written)?;
    write_store::set_repeat(tx, origin.id, repeat)?;
    people::add_tokens(tx, &case, &tokens)?;
    let criteria: Vec<String> = written.criteria().into_iter().map(str::to_owned).collect();
    let accepted = counted(&criteria, from.referred_on, from.document, from.settings);
    if !joined {
        intake::open_case(tx, &case, &accepted)?;
    } else if case
        .row
        .last_referral_on
        .is_none_or(|last| last <= from.referred_on)
    {
        // What is older than the case's last referral changes nothing of how it stands.
        intake::reopen_case(tx, &case, &accepted)?;
    }
    let referral = Unfolding {
        referral_id: origin.id,
        agency_id: from.agency_id,
        submitted_by: None,
        actor_id: None,
        referred_on: from.referred_on,
        document: from.document,
        checked: &checked,
    };
    unfold(tx, &case, &referral, joined, (tools, from.settings))?;
    Ok(Recorded {
        case_id: case.id,
        referral_id: origin.id,
        joined,
        repeat,
        gaps,
    })
}

/// Reads it by the rules of referrals. What they would refuse an author is a gap of the record; a
/// repeat stands on the case's own history, and criteria without a ground stay as they were recorded.
fn check(
    from: &Historic<'_>,
    tools: &Tools,
    today: NaiveDate,
    previous_on: Option<NaiveDate>,
) -> Result<(Checked, Vec<&'static str>)> {
    let mut document = from.document.clone();
    let claims_repeat = document.criteria.claimed.contains(&Criterion::Repeat);
    if claims_repeat && document.criteria.repeat_previous_date.is_none() {
        document.criteria.repeat_previous_date = previous_on.map(Into::into);
    }
    let mut checked = rules::check(&document, tools, from.settings, today, "");
    let mut gaps = Vec::new();
    for missing in &checked.missing {
        let gap = gap(&missing.pointer, &missing.code);
        gaps.push(gap.ok_or(Error::Internal(
            "a register's referral breaks a rule of form",
        ))?);
    }
    if checked.finding.is_none() {
        checked.recorded = without_ground(&mut checked, &document, from.referred_on, from.settings);
    }
    Ok((checked, gaps))
}

/// Finds the criteria that have a ground, and names those that a record states without one.
fn without_ground(
    checked: &mut Checked,
    document: &Document,
    referred_on: NaiveDate,
    settings: &MaracSettings,
) -> Criteria {
    let mut claims = rules::claims(document, referred_on);
    let ungrounded = |criterion: &Criterion| match criterion {
        Criterion::VisibleHighRisk => checked.score.is_none(),
        Criterion::ProfessionalJudgement => claims.rationale.is_none(),
        Criterion::PotentialEscalation => claims.stated_events.is_none(),
        Criterion::Repeat => claims.previous_on.is_none(),
    };
    let recorded: Criteria = claims.criteria.iter().filter(ungrounded).collect();
    claims.criteria = claims
        .criteria
        .iter()
        .filter(|criterion| !recorded.contains(*criterion))
        .collect();
    checked.finding =
        practice::risk::criteria(&claims, checked.score.as_ref(), &settings.criteria()).ok();
    recorded
}

/// The referral's document with its tool in the version that it was scored by, whatever is published now.
pub(super) fn as_scored(mut document: Document, row: &ReferralRow) -> Document {
    let version = row
        .tool_version
        .and_then(|version| u16::try_from(version).ok());
    if let (Some(assessment), Some(_)) = (&mut document.assessment, version) {
        assessment.tool_version = assessment.tool_version.or(version);
    }
    document
}

/// The score that its row keeps, where the tool or its version is no longer published. A tool that nobody
/// knows any more counts as a threshold tool: a score is shown rather than lost.
fn recorded_score(document: &Document, row: &ReferralRow, tools: &Tools) -> Option<Score> {
    let assessment = document.assessment.as_ref()?;
    let narrow = |wide: Option<i16>| wide.and_then(|wide| u8::try_from(wide).ok());
    let (tool, version) = (row.tool.clone()?, u16::try_from(row.tool_version?).ok()?);
    let known = tools.latest(&tool).map(|tool| tool.role);
    let role = known.unwrap_or(ToolRole::Threshold);
    let answers: Vec<_> = rules::given(assessment);
    let figures = (narrow(row.score), narrow(row.maximum));
    Some(Score::recorded((tool, version, role), figures, &answers))
}

/// What a referral stands on that was sent in or taken over: what its row says, whatever is asked of
/// referrals today.
pub(super) fn as_recorded(
    checked: &mut Checked,
    document: &Document,
    row: &ReferralRow,
    (tools, settings): (&Tools, &MaracSettings),
) {
    if checked.score.is_none() {
        checked.score = recorded_score(document, row, tools);
    }
    let Some(referred_on) = row.referred_on else {
        return;
    };
    if checked.finding.is_none() {
        without_ground(checked, document, referred_on, settings);
    }
    let named = row.criteria.iter();
    let recorded = named.filter_map(|name| Criterion::parse(name)).collect();
    let claimed = rules::claims(document, referred_on).criteria;
    let finding = checked.finding.take().unwrap_or_default();
    checked.finding = Some(finding.as_recorded(&recorded, &claimed));
}

/// The gap that something missing leaves: the rule it belongs to, and what is missing.
fn gap(pointer: &str, code: &str) -> Option<&'static str> {
    Some(match (pointer, code) {
        ("/referrer_contact", _) => "R1_referrer_contact",
        ("/account/what_happened", _) => "R1_what_happened",
        ("/idva_referral", _) => "R9_idva_referral",
        ("/children", _) => "R10_children_or_none",
        ("/children_safeguarding", _) => "R10_children_safeguarding",
        ("/awareness/survivor_aware", _) => "R7_survivor_aware",
        ("/awareness/not_aware_reason", _) => "R7_not_aware_reason",
        ("/awareness/consent", _) => "R6_consent",
        ("/awareness/lawful_basis", _) => "R6_lawful_basis",
        ("/criteria", _) => "R2_criterion",
        ("/criteria/professional_judgement", _) => "R2_rationale",
        ("/criteria/escalation_events", _) => "R2_escalation_events",
        ("/criteria/repeat_previous_date", _) => "R2_previous_referral",
        ("/assessment", "assessment_missing") => "R2_assessment",
        _ => return None,
    })
}
