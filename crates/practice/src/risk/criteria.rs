//! On which criteria a referral stands: what the referrer claims, and what the score and the dates say.
//!
//! Claims are completed, never held against anybody: a score or a count that falls short is told to the
//! coordinator and refuses nothing (R3), and no claim can take a criterion away (R4). What is refused is
//! only what the referrer can still supply: a rationale, a date, an assessment (R2).

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use utoipa::ToSchema;

use super::criterion::{Criteria, Criterion};
use super::rules::{Score, is_repeat};

/// What an area decides about criteria; made by `MaracSettings::criteria`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CriteriaSettings {
    /// The tool the area goes by.
    pub threshold_tool: String,
    /// Yes answers that make visible high risk with that tool (SL5).
    pub high_risk_threshold: u8,
    /// Don't-knows from which judgement is asked for.
    pub many_dont_knows: u8,
    /// Events that make potential escalation (SL5).
    pub escalation_count: u8,
    /// Months before the referral in which they count.
    pub escalation_window_months: u8,
    /// Only events reported to the police count (SL6).
    pub escalation_counts_police_only: bool,
    /// Months after the last referral in which another is a repeat (R13).
    pub repeat_window_months: u8,
}

impl CriteriaSettings {
    /// Yes answers from which this tool shows high risk here. The area's figure is for the tool it goes
    /// by, unless that tool cannot reach it. Of any other tool the lower of the two thresholds counts:
    /// too many are listed rather than one too few. A tool without a threshold never shows it.
    pub fn threshold_for(&self, tool: &str, own: Option<u8>, maximum: Option<u8>) -> Option<u8> {
        let (own, area) = (own?, self.high_risk_threshold);
        if tool != self.threshold_tool {
            return Some(own.min(area));
        }
        Some(if Some(area) > maximum { own } else { area })
    }

    fn threshold_of(&self, score: &Score) -> Option<u8> {
        self.threshold_for(&score.tool, score.threshold, score.maximum)
    }
}

/// An event of abuse known to the referrer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EscalationEvent {
    /// When it happened.
    pub on: NaiveDate,
    /// Whether the police were told.
    pub reported_to_police: bool,
}

/// What a referrer claims, and on what ground.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CriteriaClaims<'a> {
    /// The date of the referral; windows count back from it.
    pub referred_on: NaiveDate,
    /// The criteria ticked.
    pub criteria: Criteria,
    /// The professional's concern in words.
    pub rationale: Option<&'a str>,
    /// Events with their dates.
    pub events: &'a [EscalationEvent],
    /// How many events of the kind the area counts there were within its window, where dates are not known.
    pub stated_events: Option<u16>,
    /// When the pair was last referred or listed, as far as the referrer knows.
    pub previous_on: Option<NaiveDate>,
    /// The code of the earlier case.
    pub previous_case: Option<&'a str>,
}

/// On which criteria a referral stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct CriteriaFinding {
    /// The criteria met, in their fixed order, each with its ground.
    pub met: Vec<MetCriterion>,
    /// Claimed and not borne out: for the coordinator to weigh, never a reason to refuse (R3).
    pub not_borne_out: Criteria,
    /// What the referrer or the coordinator should know.
    pub advice: Vec<Advice>,
}

impl CriteriaFinding {
    /// The criteria met.
    pub fn criteria(&self) -> Criteria {
        self.met.iter().map(|met| met.criterion).collect()
    }

    /// The same of a referral that was recorded as standing on these criteria. One whose ground the
    /// record lacks, or that would not be found today, stays as it was recorded; one that would only
    /// be found today is none.
    pub fn as_recorded(mut self, recorded: &Criteria, claimed: &Criteria) -> Self {
        self.met.retain(|met| recorded.contains(met.criterion));
        let found = self.criteria();
        let others = recorded
            .iter()
            .filter(|criterion| !found.contains(*criterion));
        self.met.extend(others.map(|criterion| MetCriterion {
            criterion,
            claimed: claimed.contains(criterion),
            evidence: Evidence::Recorded,
        }));
        self.met.sort_by_key(|met| met.criterion);
        let borne_out = |criterion: &Criterion| !recorded.contains(*criterion);
        self.not_borne_out = self.not_borne_out.iter().filter(borne_out).collect();
        self
    }
}

/// A criterion that is met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MetCriterion {
    /// Which.
    pub criterion: Criterion,
    /// Whether the referrer ticked it; if not, the facts did.
    pub claimed: bool,
    /// On what ground.
    pub evidence: Evidence,
}

/// The ground of a criterion, in figures only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Evidence {
    /// The score and the threshold it reaches.
    Score {
        /// The tool.
        tool: String,
        /// Yes answers.
        yes: u8,
        /// Yes answers possible.
        maximum: u8,
        /// Yes answers needed.
        threshold: u8,
    },
    /// A written rationale.
    Rationale,
    /// Events within the window.
    Events {
        /// How many.
        count: u16,
        /// How many were needed.
        needed: u8,
        /// Months of the window.
        window_months: u8,
    },
    /// An earlier referral, on the referrer's word; whether it is one is found by matching (R12, R13).
    EarlierReferral {
        /// When, as far as the referrer knows.
        on: Option<NaiveDate>,
    },
    /// As the record says, without its ground: an older record may lack it.
    Recorded,
}

/// What a referrer or a coordinator should know. Advice changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Advice {
    /// The score reaches the threshold though nobody ticked it.
    VisibleHighRiskFound,
    /// Visible high risk was ticked and the score falls short: say why under professional judgement.
    ScoreBelowThreshold,
    /// Visible high risk was ticked, and no assessment came that could show it.
    ScoreMissing,
    /// So many don't-knows that the score says little: consider professional judgement (domain 4.3).
    ManyDontKnowsConsiderJudgement,
    /// Items not known or not asked could carry the score over the threshold.
    OpenItemsCouldReachThreshold,
    /// The events reach the count though nobody ticked it.
    EscalationFound,
    /// Potential escalation was ticked and the events fall short.
    EscalationBelowCount,
    /// The earlier referral lies outside the window: this is a new referral (R13).
    PreviousOutsideWindow,
}

/// What a referrer must still supply (R2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, ToSchema, Error)]
#[serde(rename_all = "snake_case")]
pub enum CriteriaError {
    /// At least one criterion.
    #[error("criterion_missing")]
    CriterionMissing,
    /// The rationale of professional judgement.
    #[error("rationale_missing")]
    RationaleMissing,
    /// The events of potential escalation, or their number.
    #[error("events_missing")]
    EventsMissing,
    /// The earlier date or case of a repeat.
    #[error("previous_missing")]
    PreviousMissing,
    /// An earlier date that is not earlier.
    #[error("previous_not_earlier")]
    PreviousNotEarlier,
    /// The risk assessment, which only judgement and repeats do without (L17).
    #[error("assessment_missing")]
    AssessmentMissing,
}

/// Decides on which criteria a referral stands, or names everything that is missing.
pub fn criteria(
    claims: &CriteriaClaims<'_>,
    score: Option<&Score>,
    settings: &CriteriaSettings,
) -> Result<CriteriaFinding, Vec<CriteriaError>> {
    let high_risk = visible_high_risk(score, settings);
    let escalation = escalation(claims, settings);
    let found = high_risk.is_some() || escalation.is_some();
    let missing = missing(claims, score.is_some(), found);
    if !missing.is_empty() {
        return Err(missing);
    }
    let claimed = |criterion| claims.criteria.contains(criterion);
    let mut met = Vec::new();
    for criterion in Criterion::ALL {
        let evidence = match criterion {
            Criterion::VisibleHighRisk => high_risk.clone(),
            Criterion::ProfessionalJudgement => claimed(criterion).then_some(Evidence::Rationale),
            Criterion::PotentialEscalation => escalation.clone(),
            Criterion::Repeat => (claimed(criterion) && !previous_outside_window(claims, settings))
                .then_some(Evidence::EarlierReferral {
                    on: claims.previous_on,
                }),
        };
        if let Some(evidence) = evidence {
            met.push(MetCriterion {
                criterion,
                claimed: claimed(criterion),
                evidence,
            });
        }
    }
    let not_borne_out = claims
        .criteria
        .iter()
        .filter(|criterion| met.iter().all(|met| met.criterion != *criterion))
        .collect();
    let mut finding = CriteriaFinding {
        met,
        not_borne_out,
        advice: Vec::new(),
    };
    finding.advice = advice(&finding, claims, score, settings);
    Ok(finding)
}

fn missing(claims: &CriteriaClaims<'_>, assessed: bool, found: bool) -> Vec<CriteriaError> {
    let claimed = |criterion| claims.criteria.contains(criterion);
    let mut missing = Vec::new();
    if claims.criteria.is_empty() && !found {
        missing.push(CriteriaError::CriterionMissing);
    }
    if claimed(Criterion::ProfessionalJudgement) && is_blank(claims.rationale) {
        missing.push(CriteriaError::RationaleMissing);
    }
    if claimed(Criterion::PotentialEscalation)
        && claims.events.is_empty()
        && claims.stated_events.is_none()
    {
        missing.push(CriteriaError::EventsMissing);
    }
    if claimed(Criterion::Repeat) {
        match claims.previous_on {
            Some(previous) if previous > claims.referred_on => {
                missing.push(CriteriaError::PreviousNotEarlier);
            }
            None if is_blank(claims.previous_case) => missing.push(CriteriaError::PreviousMissing),
            _ => {}
        }
    }
    let does_without = claimed(Criterion::ProfessionalJudgement) || claimed(Criterion::Repeat);
    if !assessed && !does_without && (!claims.criteria.is_empty() || found) {
        missing.push(CriteriaError::AssessmentMissing);
    }
    missing
}

fn visible_high_risk(score: Option<&Score>, settings: &CriteriaSettings) -> Option<Evidence> {
    let score = score?;
    let (yes, maximum) = (score.yes?, score.maximum?);
    let threshold = settings.threshold_of(score)?;
    (yes >= threshold).then(|| Evidence::Score {
        tool: score.tool.clone(),
        yes,
        maximum,
        threshold,
    })
}

fn escalation(claims: &CriteriaClaims<'_>, settings: &CriteriaSettings) -> Option<Evidence> {
    let window = u32::from(settings.escalation_window_months);
    let counted = |event: &&EscalationEvent| {
        is_repeat(Some(event.on), claims.referred_on, window)
            && (event.reported_to_police || !settings.escalation_counts_police_only)
    };
    let dated = claims.events.iter().filter(counted).count();
    let count = u16::try_from(dated)
        .unwrap_or(u16::MAX)
        .max(claims.stated_events.unwrap_or(0));
    (count >= u16::from(settings.escalation_count)).then_some(Evidence::Events {
        count,
        needed: settings.escalation_count,
        window_months: settings.escalation_window_months,
    })
}

fn previous_outside_window(claims: &CriteriaClaims<'_>, settings: &CriteriaSettings) -> bool {
    let window = u32::from(settings.repeat_window_months);
    claims
        .previous_on
        .is_some_and(|previous| !is_repeat(Some(previous), claims.referred_on, window))
}

fn advice(
    finding: &CriteriaFinding,
    claims: &CriteriaClaims<'_>,
    score: Option<&Score>,
    settings: &CriteriaSettings,
) -> Vec<Advice> {
    let unclaimed = |criterion| {
        finding
            .met
            .iter()
            .any(|met| met.criterion == criterion && !met.claimed)
    };
    let fell_short = |criterion| finding.not_borne_out.contains(criterion);
    let scored = score.is_some_and(|score| score.threshold.is_some());
    let met = finding.criteria();
    let open = score.filter(|score| {
        score.threshold.is_some()
            && !met.contains(Criterion::VisibleHighRisk)
            && !met.contains(Criterion::ProfessionalJudgement)
    });
    let many_dont_knows = open.is_some_and(|score| score.dont_know >= settings.many_dont_knows);
    let could_reach = open.is_some_and(|score| {
        let possible = score
            .yes_count()
            .saturating_add(score.dont_know)
            .saturating_add(score.not_asked);
        let threshold = settings.threshold_of(score);
        threshold.is_some_and(|threshold| possible >= threshold)
    });
    [
        (
            Advice::VisibleHighRiskFound,
            unclaimed(Criterion::VisibleHighRisk),
        ),
        (
            Advice::ScoreBelowThreshold,
            fell_short(Criterion::VisibleHighRisk) && scored,
        ),
        (
            Advice::ScoreMissing,
            fell_short(Criterion::VisibleHighRisk) && !scored,
        ),
        (Advice::ManyDontKnowsConsiderJudgement, many_dont_knows),
        (Advice::OpenItemsCouldReachThreshold, could_reach),
        (
            Advice::EscalationFound,
            unclaimed(Criterion::PotentialEscalation),
        ),
        (
            Advice::EscalationBelowCount,
            fell_short(Criterion::PotentialEscalation),
        ),
        (
            Advice::PreviousOutsideWindow,
            claims.criteria.contains(Criterion::Repeat)
                && previous_outside_window(claims, settings),
        ),
    ]
    .into_iter()
    .filter_map(|(advice, applies)| applies.then_some(advice))
    .collect()
}

fn is_blank(text: Option<&str>) -> bool {
    text.is_none_or(|text| text.trim().is_empty())
}

#[cfg(test)]
#[path = "criteria_tests.rs"]
mod tests;
