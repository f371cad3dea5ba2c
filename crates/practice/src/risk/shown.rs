//! Risk as every reader of a case gets it: one shape wherever it stands.

use std::fmt::Write;

use chrono::NaiveDate;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::pg::{Pg, PgValue};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::figures::FigurePlace;
use super::tool::ToolRole;
use crate::vocabulary;

vocabulary! {
    /// How an assessment was made.
    #[derive(Default)]
    AssessedHow {
        FaceToFace = "face_to_face",
        Phone = "phone",
        Online = "online",
        WithoutSurvivor = "without_survivor",
        #[default]
        Unknown = "unknown",
    }
}

/// A score with the tool it was made with: what an assessment says, or what it comes to with others.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RiskFigure {
    /// Items answered yes. Null where nothing was scored; never 0 for that.
    pub score: Option<u8>,
    /// The highest score the tool can give.
    pub maximum: Option<u8>,
    /// The tool.
    pub tool: Option<String>,
    /// Its version.
    pub tool_version: Option<u16>,
    /// What the tool is for.
    pub tool_role: Option<ToolRole>,
    /// Whether one assessment asked every item. If not, it is a part, or was put together from parts.
    pub score_complete: Option<bool>,
    /// Items answered: yes, no or not known.
    pub answered_count: Option<u8>,
    /// Items not asked.
    pub not_asked_count: Option<u8>,
    /// The day of the assessment; of one put together, of the last that raised it.
    pub assessed_on: Option<NaiveDate>,
    /// Who assessed.
    pub assessed_by: Option<AssessedBy>,
    /// The assessment.
    pub assessment_id: Option<Uuid>,
}

/// Who made an assessment, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AssessedBy {
    /// The agency.
    pub agency_id: Uuid,
    /// Its name.
    pub agency: String,
    /// How.
    pub how: AssessedHow,
}

/// What one tool says of a case. `score` is its last complete assessment; where there is none, what
/// its parts come to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ToolRisk {
    /// What stands.
    #[serde(flatten)]
    pub standing: RiskFigure,
    /// The yes answers of the last complete assessment and those that later parts added, if that is
    /// more. It counts at once, and is no complete assessment.
    #[serde(default)]
    pub raised: Option<RiskFigure>,
    /// The highest figure from before the last complete assessment, if that one is lower.
    #[serde(default)]
    pub higher_before: Option<RiskFigure>,
    /// Assessments of the same day or later that do not take its place: parts as they are, newest first.
    #[serde(default)]
    pub beside: Vec<RiskFigure>,
}

/// The risk that is known of a case: first the figures of the tool that leads, which is the one the MARAC
/// goes by, or another threshold tool where the case has no complete assessment of that one. A supplement
/// or a part never takes the place of a complete assessment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, FromSqlRow)]
pub struct CaseRisk {
    /// The tool that leads.
    #[serde(flatten)]
    pub leading: ToolRisk,
    /// The other tools: supplements, other threshold tools, tools that are not scored.
    #[serde(default)]
    pub other_tools: Vec<ToolRisk>,
}

/// A figure as the fragment `figures_of` reads it.
#[derive(Deserialize)]
pub struct FigureRow {
    place: FigurePlace,
    leading: bool,
    #[serde(flatten)]
    figure: RiskFigure,
}

impl CaseRisk {
    /// The figures of a case, in the order in which they are read.
    pub fn of(rows: Vec<FigureRow>) -> Self {
        let mut risk = Self::default();
        let mut leads = false;
        for FigureRow {
            place,
            leading,
            figure,
        } in rows
        {
            if place == FigurePlace::Standing {
                leads = leading;
                let tool = ToolRisk {
                    standing: figure,
                    ..ToolRisk::default()
                };
                match leads {
                    true => risk.leading = tool,
                    false => risk.other_tools.push(tool),
                }
                continue;
            }
            let tool = match leads {
                true => Some(&mut risk.leading),
                false => risk.other_tools.last_mut(),
            };
            let Some(tool) = tool else { continue };
            match place {
                FigurePlace::Raised => tool.raised = Some(figure),
                FigurePlace::HigherBefore => tool.higher_before = Some(figure),
                FigurePlace::Beside | FigurePlace::Standing => tool.beside.push(figure),
            }
        }
        risk
    }

    /// The same in words, a line for each figure, the one that stands first.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = self.leading.lines();
        lines.extend(self.other_tools.iter().flat_map(ToolRisk::lines));
        lines
    }
}

impl FromSql<diesel::sql_types::Text, Pg> for CaseRisk {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        Ok(serde_json::from_slice(value.as_bytes()).map(Self::of)?)
    }
}

impl ToolRisk {
    fn lines(&self) -> Vec<String> {
        let named = |what: &str, figure: &RiskFigure| match what {
            "" => figure.words(),
            what => format!("{what}: {}", figure.words()),
        };
        let mut lines = Vec::new();
        if self.standing.tool.is_some() || self.standing.score.is_some() {
            lines.push(named("", &self.standing));
        }
        let raised = self.raised.iter();
        lines.extend(raised.map(|one| named("Raised by a later part", one)));
        let before = self.higher_before.iter();
        lines.extend(before.map(|one| named("Higher before", one)));
        let beside = self.beside.iter();
        lines.extend(beside.map(|one| named("Beside it", one)));
        lines
    }
}

impl RiskFigure {
    /// In words: `15 of 24, safelives_dash, 12 March 2026, Metropolitan Police`.
    fn words(&self) -> String {
        let mut out = match (self.score, self.maximum) {
            (Some(score), Some(maximum)) => format!("{score} of {maximum}"),
            (Some(score), None) => score.to_string(),
            (None, _) => "Not scored".to_owned(),
        };
        if let Some(tool) = &self.tool {
            let _ = write!(out, ", {tool}");
        }
        if self.score_complete == Some(false) && self.score.is_some() {
            let not_asked = self.not_asked_count.unwrap_or(0);
            let _ = match not_asked {
                0 => write!(out, ", put together from parts"),
                1 => write!(out, ", not complete: 1 item not asked"),
                many => write!(out, ", not complete: {many} items not asked"),
            };
        }
        if let Some(on) = self.assessed_on {
            let _ = write!(out, ", {}", crate::dates::written_day(on));
        }
        if let Some(by) = &self.assessed_by {
            let _ = write!(out, ", {}", by.agency);
            if by.how != AssessedHow::Unknown {
                let _ = write!(out, " ({})", by.how.as_str().replace('_', " "));
            }
        }
        out
    }
}

#[cfg(test)]
#[path = "shown_tests.rs"]
mod tests;
