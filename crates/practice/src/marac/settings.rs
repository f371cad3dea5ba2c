//! What an area decides for itself, held as data with a version (domain 3.1).
//!
//! Numbers with a source carry it; the rest are ours, because practice publishes no figure. Every field
//! has a default, so that settings stored before a field existed still load.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

use super::calendar::Calendar;
use super::ladder::ActionLadder;
use crate::risk::CriteriaSettings;
use crate::text::Line;

/// Settings of one MARAC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields, default)]
pub struct MaracSettings {
    /// The shape these settings were written in.
    #[validate(range(min = 1, max = MaracSettings::VERSION))]
    pub version: u16,
    /// The risk tool this MARAC goes by: a published tool whose role is `threshold`. Its last complete
    /// assessment leads in every case.
    pub threshold_tool: Line<40>,
    /// Yes answers from which an assessment with that tool is visible high risk (SL5: 14). With another
    /// tool the lower of this and its own threshold counts.
    #[validate(range(min = 1, max = 100))]
    pub high_risk_threshold: u8,
    /// Don't-know answers from which an unmet threshold asks for professional judgement. Ours: a quarter
    /// of the Dash.
    #[validate(range(min = 1, max = 100))]
    pub many_dont_knows: u8,
    /// Events within the window that make potential escalation (SL5: 3).
    #[validate(range(min = 1, max = 50))]
    pub escalation_count: u8,
    /// Months before the referral in which events count (SL5: 12).
    #[validate(range(min = 1, max = 60))]
    pub escalation_window_months: u8,
    /// Only events reported to the police count (SL6), not those known to any agency (SL5).
    pub escalation_counts_police_only: bool,
    /// Months after the last referral in which another is a repeat (R13, SL2: 12). Flags run as long (R14).
    #[validate(range(min = 1, max = 60))]
    pub repeat_window_months: u8,
    /// Whose referrals start that clock (R44).
    pub repeat_scope: RepeatScope,
    /// Years; a younger survivor is routed to child safeguarding as well, never turned away (R5, L11: 16).
    #[validate(range(min = 10, max = 18))]
    pub min_age_survivor: u8,
    /// Years; a younger perpetrator is routed to child safeguarding as well, never turned away (R5, L12: 16).
    #[validate(range(min = 10, max = 18))]
    pub min_age_perpetrator: u8,
    /// Minutes planned for a case (SL26: 12 to 15).
    #[validate(range(min = 5, max = 120))]
    pub minutes_per_case: u8,
    /// Cases beyond which a meeting is over-full. Ours; the national average is 16 a meeting (SL20).
    #[validate(range(min = 1, max = 200))]
    pub meeting_capacity: u8,
    /// Working days follow this calendar.
    pub calendar: Calendar,
    /// When things are due.
    #[validate(nested)]
    pub deadlines: Deadlines,
    /// When an overdue action goes to whom (R29).
    #[validate(nested)]
    pub action_ladder: ActionLadder,
    /// Who must be at a meeting; falling short warns and never blocks.
    #[validate(nested)]
    pub quorum: Quorum,
    /// Words on printed documents.
    #[validate(nested)]
    pub labels: Labels,
}

/// Whose referrals of a pair count towards a repeat (R44).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum RepeatScope {
    /// Referrals to any MARAC.
    AnyMarac,
    /// Referrals to this MARAC only, as older forms had it (L16).
    SameMarac,
}

/// Deadlines of a MARAC (domain 2.3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields, default)]
#[validate(schema(function = "before_the_meeting_in_order"))]
pub struct Deadlines {
    /// Working days before the meeting on which its list closes to referrals. Ours, from a usual 5 to 10.
    #[validate(range(max = 60))]
    pub referral_cutoff_working_days: u8,
    /// Working days before the meeting on which the case list goes out (SafeLives toolkit: about 8).
    #[validate(range(max = 60))]
    pub circulation_working_days: u8,
    /// Working days before the meeting by which research is returned. Ours: 5.
    #[validate(range(max = 60))]
    pub research_return_working_days: u8,
    /// Working days after the meeting by which minutes are issued (R25, L3: 3).
    #[validate(range(max = 60))]
    pub minutes_working_days: u8,
    /// Hours by which the IDVA has tried to reach the survivor, from acceptance, or from the allocation
    /// where that came later. Ours, from a usual 24 to 48.
    #[validate(range(min = 1, max = 720))]
    pub idva_contact_hours: u16,
    /// Hours within which an urgent referral is heard. Ours, from a usual 24 to 72.
    #[validate(range(min = 1, max = 720))]
    pub emergency_meeting_hours: u16,
    /// Days after the meeting an action is due where nobody sets a date. Ours: 14.
    #[validate(range(min = 1, max = 365))]
    pub action_default_days: u16,
    /// Weeks after which a risk assessment asks to be looked at again (O25: 8).
    #[validate(range(min = 1, max = 104))]
    pub risk_review_weeks: u8,
    /// Days within which an agency confirms a flag, once asked to place or to remove it (R15). Ours: 7.
    #[validate(range(min = 1, max = 90))]
    pub flag_days: u16,
}

/// Who must be at a meeting. No figure is published, so the defaults are ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields, default)]
pub struct Quorum {
    /// Kinds of agency of which at least one each must be there.
    #[validate(custom(function = "kinds_are_names"))]
    #[schema(max_items = 20)]
    pub agency_kinds: BTreeSet<Line<40>>,
    /// Agencies that must be there altogether; 0 asks for no number.
    #[validate(range(max = 50))]
    pub count: u8,
}

/// Words on printed documents; the API keeps its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields, default)]
pub struct Labels {
    /// What the person abused is called.
    pub survivor: Line<40>,
    /// What the person who abuses is called.
    pub perpetrator: Line<40>,
    /// Protective marking of every page.
    pub marking: Line<60>,
}

/// Why stored settings do not load.
#[derive(Debug, Error)]
pub enum SettingsError {
    /// Written by a later release.
    #[error("settings of version {found} are newer than version {known} known here")]
    Newer {
        /// The version found.
        found: u64,
        /// The latest one known.
        known: u16,
    },
    /// Not the fields or the types of settings.
    #[error("settings do not have the expected shape")]
    Shape(#[from] serde_json::Error),
    /// A value outside what makes sense.
    #[error("settings hold a value out of range")]
    Invalid(#[from] validator::ValidationErrors),
}

impl MaracSettings {
    /// The shape written today. Raise it when a field changes its meaning; a new field needs only a default.
    pub const VERSION: u16 = 1;

    /// Loads settings stored by this release or an earlier one: missing fields take their defaults, and the
    /// result carries today's version.
    pub fn from_stored(stored: serde_json::Value) -> Result<Self, SettingsError> {
        let found = stored.get("version").and_then(serde_json::Value::as_u64);
        if let Some(found) = found.filter(|found| *found > u64::from(Self::VERSION)) {
            return Err(SettingsError::Newer {
                found,
                known: Self::VERSION,
            });
        }
        let settings: Self = serde_json::from_value(stored)?;
        settings.validate()?;
        Ok(Self {
            version: Self::VERSION,
            ..settings
        })
    }

    /// The part that decides referral criteria.
    pub fn criteria(&self) -> CriteriaSettings {
        CriteriaSettings {
            threshold_tool: self.threshold_tool.to_string(),
            high_risk_threshold: self.high_risk_threshold,
            many_dont_knows: self.many_dont_knows,
            escalation_count: self.escalation_count,
            escalation_window_months: self.escalation_window_months,
            escalation_counts_police_only: self.escalation_counts_police_only,
            repeat_window_months: self.repeat_window_months,
        }
    }

    /// Last day on which a referral makes the list of a meeting.
    pub fn referrals_close_on(&self, meeting: NaiveDate) -> NaiveDate {
        self.before(meeting, self.deadlines.referral_cutoff_working_days)
    }

    /// Day on which the case list of a meeting goes out.
    pub fn circulation_on(&self, meeting: NaiveDate) -> NaiveDate {
        self.before(meeting, self.deadlines.circulation_working_days)
    }

    /// Day by which research for a meeting is returned.
    pub fn research_due_on(&self, meeting: NaiveDate) -> NaiveDate {
        self.before(meeting, self.deadlines.research_return_working_days)
    }

    /// Day by which the minutes of a meeting are issued (R25).
    pub fn minutes_due_on(&self, meeting: NaiveDate) -> NaiveDate {
        self.calendar
            .add_working_days(meeting, self.deadlines.minutes_working_days.into())
    }

    fn before(&self, meeting: NaiveDate, working_days: u8) -> NaiveDate {
        self.calendar
            .add_working_days(meeting, -i32::from(working_days))
    }
}

impl Default for MaracSettings {
    fn default() -> Self {
        Self {
            version: Self::VERSION,
            threshold_tool: Line::as_stored("safelives_dash"),
            high_risk_threshold: 14,
            many_dont_knows: 6,
            escalation_count: 3,
            escalation_window_months: 12,
            escalation_counts_police_only: false,
            repeat_window_months: 12,
            repeat_scope: RepeatScope::AnyMarac,
            min_age_survivor: 16,
            min_age_perpetrator: 16,
            minutes_per_case: 15,
            meeting_capacity: 25,
            calendar: Calendar::EnglandAndWales,
            deadlines: Deadlines::default(),
            action_ladder: ActionLadder::default(),
            quorum: Quorum::default(),
            labels: Labels::default(),
        }
    }
}

impl RepeatScope {
    /// Every scope.
    pub const ALL: [RepeatScope; 2] = [RepeatScope::AnyMarac, RepeatScope::SameMarac];

    /// The name it is stored and sent under.
    pub fn as_str(self) -> &'static str {
        match self {
            RepeatScope::AnyMarac => "any_marac",
            RepeatScope::SameMarac => "same_marac",
        }
    }
}

impl Default for Deadlines {
    fn default() -> Self {
        Self {
            referral_cutoff_working_days: 8,
            circulation_working_days: 8,
            research_return_working_days: 5,
            minutes_working_days: 3,
            idva_contact_hours: 48,
            emergency_meeting_hours: 72,
            action_default_days: 14,
            risk_review_weeks: 8,
            flag_days: 7,
        }
    }
}

impl Default for Quorum {
    fn default() -> Self {
        Self {
            agency_kinds: ["idva", "police"].map(Line::as_stored).into(),
            count: 0,
        }
    }
}

impl Default for Labels {
    fn default() -> Self {
        Self {
            survivor: Line::as_stored("survivor"),
            perpetrator: Line::as_stored("perpetrator"),
            marking: Line::as_stored("OFFICIAL-SENSITIVE"),
        }
    }
}

/// The list closes, goes out and comes back researched, in that order.
fn before_the_meeting_in_order(deadlines: &Deadlines) -> Result<(), ValidationError> {
    let in_order = deadlines.referral_cutoff_working_days >= deadlines.circulation_working_days
        && deadlines.circulation_working_days >= deadlines.research_return_working_days;
    if in_order {
        Ok(())
    } else {
        Err(ValidationError::new("deadlines_out_of_order"))
    }
}

fn kinds_are_names(kinds: &BTreeSet<Line<40>>) -> Result<(), ValidationError> {
    let is_name = |kind: &Line<40>| {
        (1..=40).contains(&kind.len())
            && kind
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
    };
    if kinds.len() <= 20 && kinds.iter().all(is_name) {
        Ok(())
    } else {
        Err(ValidationError::new("agency_kinds"))
    }
}

#[cfg(test)]
#[path = "settings_tests.rs"]
mod tests;
