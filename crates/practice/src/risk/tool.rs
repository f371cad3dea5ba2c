//! A risk tool as data: which items it has, how it is scored, from where it counts as high.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use utoipa::ToSchema;

use super::rules::Answer;
use crate::vocabulary;

/// A tool's items number at most this, so that a score fits a byte with room to spare.
pub(super) const MOST_ITEMS: usize = 100;
/// Characters of one licensed question or option.
pub(super) const LONGEST_WORDING: usize = 2_000;

vocabulary! {
    /// What a tool is for.
    ToolRole {
        Threshold = "threshold",
        Supplement = "supplement",
    }
}

/// One version of a risk tool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Tool {
    /// Which tool, as assessments name it.
    pub id: String,
    /// Counts up from 1; an assessment keeps the version it was made with.
    pub version: u16,
    /// Its name in full.
    pub title: String,
    /// Who publishes it.
    pub owner: String,
    /// What is ours and what is theirs.
    pub copyright: String,
    /// `threshold`: its score can show high risk, and a MARAC may go by it. `supplement`: it adds to
    /// another tool and never takes its place.
    pub role: ToolRole,
    /// Of a supplement: the items of other tools that lead to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prompted_by: Vec<Prompt>,
    /// Whose risk it measures.
    pub subject: Subject,
    /// The answers an item may have.
    pub answers: Vec<Answer>,
    /// How answers become a score.
    pub scoring: Scoring,
    /// Yes answers from which the tool shows high risk, unless the area sets its own (SL5). A supplement
    /// has none: its score alone never does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threshold: Option<u8>,
    /// Names some areas give to ranges of the score (L23). Data for display; nothing is decided by them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bands: Vec<Band>,
    /// Headings of the items, in order.
    pub groups: Vec<Group>,
    /// The questions, in the order of the form.
    pub items: Vec<Item>,
    /// By whose leave the wording is shown; there is none without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licence: Option<String>,
}

/// An item that leads to a supplement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Prompt {
    /// The tool.
    pub tool: String,
    /// Its item; a yes to it prompts the supplement.
    pub item: String,
}

/// Whose risk a tool measures, by age in years.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// Youngest survivor it is made for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_age: Option<u8>,
    /// Oldest survivor it is made for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_age: Option<u8>,
}

/// How answers become a score.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Scoring {
    /// The method.
    pub method: ScoringMethod,
}

/// The ways of scoring.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ScoringMethod {
    /// One for each yes, unweighted (O25).
    CountYes,
    /// The answers are recorded and judged by the professional; there is no score.
    NotScored,
}

/// A range of scores with a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Band {
    /// Its name.
    pub name: String,
    /// Lowest score in it.
    pub from: u8,
    /// Highest score in it; none: no upper end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<u8>,
}

/// A heading of a tool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Its id within the tool.
    pub id: String,
    /// The heading.
    pub title: String,
}

/// A question of a tool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// Its id within the tool.
    pub id: String,
    /// What it asks about, in our words.
    pub topic: String,
    /// The heading it stands under.
    pub group: String,
    /// A reminder for whoever asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Details that can be ticked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<ItemOption>,
    /// Tools to go on with after a yes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prompts: Vec<String>,
    /// The licensed text, where an area has loaded it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wording: Option<String>,
}

/// A detail of a question that can be ticked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ItemOption {
    /// Its id within the item.
    pub id: String,
    /// What it says, in our words.
    pub topic: String,
    /// The licensed text, where an area has loaded it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wording: Option<String>,
}

/// The rules a tool or its wording can break.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Fault {
    /// An id that is not lower-case letters, digits and underscores.
    #[error("`{0}` is no id: lower-case letters, digits and underscores")]
    BadId(String),
    /// Version 0.
    #[error("versions count from 1")]
    BadVersion,
    /// A name or text left empty, or over-long.
    #[error("the text of `{0}` is empty or too long")]
    BadText(String),
    /// Two of the same id.
    #[error("`{0}` is there twice")]
    Duplicate(String),
    /// No answers, or none that counts.
    #[error("the answers must include yes")]
    NoYes,
    /// More items than a tool may have.
    #[error("more than {MOST_ITEMS} items")]
    TooManyItems,
    /// A tool without items.
    #[error("a tool needs items")]
    NoItems,
    /// A threshold tool that cannot show high risk.
    #[error("a threshold tool is scored and has a threshold, and no item prompts it")]
    NoThreshold,
    /// A supplement that takes a threshold tool's place, or that nothing leads to.
    #[error("a supplement has no threshold, and names the items that prompt it")]
    NoSupplement,
    /// A supplement that names an item which does not lead to it.
    #[error("item `{item}` of the tool `{tool}` does not prompt it")]
    UnknownPrompter {
        /// The tool it names.
        tool: String,
        /// The item it names.
        item: String,
    },
    /// A threshold no answers can reach.
    #[error("the threshold must lie between 1 and the number of items")]
    ThresholdOutOfReach,
    /// Ranges that overlap, run backwards or cannot be reached.
    #[error("the bands must rise without overlap and be within reach")]
    BadBands,
    /// Wording that nobody says is licensed.
    #[error("`{0}` has wording, and no licence is named")]
    Unlicensed(String),
    /// An upper age below the lower.
    #[error("the ages of the subject run backwards")]
    BadAges,
    /// An item under a heading the tool does not have.
    #[error("item `{item}` stands under the unknown group `{group}`")]
    UnknownGroup {
        /// The item.
        item: String,
        /// The heading it names.
        group: String,
    },
    /// An item that prompts a tool nobody has.
    #[error("item `{item}` prompts the unknown tool `{tool}`")]
    UnknownPrompt {
        /// The item.
        item: String,
        /// The tool it names.
        tool: String,
    },
    /// Wording for a tool or a version that is not here.
    #[error("there is no tool `{tool}` of version {version}")]
    UnknownTool {
        /// The tool named.
        tool: String,
        /// The version named.
        version: u16,
    },
    /// Wording for an item or an option the tool does not have.
    #[error("the tool has no `{0}`")]
    UnknownItem(String),
}

impl Tool {
    /// An item by its id.
    pub fn item(&self, id: &str) -> Option<&Item> {
        self.items.iter().find(|item| item.id == id)
    }

    /// The highest score it can give; none if it is not scored.
    pub fn max_score(&self) -> Option<u8> {
        match self.scoring.method {
            ScoringMethod::CountYes => Some(u8::try_from(self.items.len()).unwrap_or(u8::MAX)),
            ScoringMethod::NotScored => None,
        }
    }

    /// The name of the range a score lies in.
    pub fn band(&self, score: u8) -> Option<&str> {
        self.bands
            .iter()
            .find(|band| band.from <= score && band.to.is_none_or(|to| score <= to))
            .map(|band| band.name.as_str())
    }

    /// Whether it obeys the rules of tools.
    pub(super) fn check(&self) -> Result<(), Fault> {
        check_id(&self.id)?;
        if self.version == 0 {
            return Err(Fault::BadVersion);
        }
        let texts = [&self.title, &self.owner, &self.copyright]
            .into_iter()
            .chain(&self.licence);
        for text in texts {
            check_text(&self.id, text)?;
        }
        if self.answers.iter().collect::<BTreeSet<_>>().len() < self.answers.len() {
            return Err(Fault::Duplicate("answers".to_owned()));
        }
        if !self.answers.contains(&Answer::Yes) {
            return Err(Fault::NoYes);
        }
        if self.items.len() > MOST_ITEMS {
            return Err(Fault::TooManyItems);
        }
        if self.items.is_empty() {
            return Err(Fault::NoItems);
        }
        if let (Some(min), Some(max)) = (self.subject.min_age, self.subject.max_age)
            && max < min
        {
            return Err(Fault::BadAges);
        }
        if self
            .threshold
            .is_some_and(|threshold| threshold < 1 || Some(threshold) > self.max_score())
        {
            return Err(Fault::ThresholdOutOfReach);
        }
        match self.role {
            ToolRole::Threshold if self.threshold.is_none() || !self.prompted_by.is_empty() => {
                return Err(Fault::NoThreshold);
            }
            ToolRole::Supplement if self.threshold.is_some() || self.prompted_by.is_empty() => {
                return Err(Fault::NoSupplement);
            }
            _ => {}
        }
        self.check_bands()?;
        unique(
            self.groups
                .iter()
                .map(|group| (group.id.as_str(), group.title.as_str())),
        )?;
        unique(
            self.items
                .iter()
                .map(|item| (item.id.as_str(), item.topic.as_str())),
        )?;
        for item in &self.items {
            unique(
                item.options
                    .iter()
                    .map(|option| (option.id.as_str(), option.topic.as_str())),
            )?;
            if !self.groups.iter().any(|group| group.id == item.group) {
                return Err(Fault::UnknownGroup {
                    item: item.id.clone(),
                    group: item.group.clone(),
                });
            }
            self.check_wording(item)?;
        }
        Ok(())
    }

    fn check_wording(&self, item: &Item) -> Result<(), Fault> {
        let options = item
            .options
            .iter()
            .filter_map(|option| option.wording.as_ref());
        for wording in item.wording.iter().chain(options) {
            check_text(&item.id, wording)?;
            if self.licence.is_none() {
                return Err(Fault::Unlicensed(item.id.clone()));
            }
        }
        Ok(())
    }

    fn check_bands(&self) -> Result<(), Fault> {
        let mut free_from = Some(0);
        for band in &self.bands {
            check_text(&self.id, &band.name)?;
            let starts_free = free_from.is_some_and(|free| band.from >= free);
            let highest = self.max_score().unwrap_or(0);
            let top = band.to.unwrap_or(highest);
            if !starts_free || top < band.from || top > highest {
                return Err(Fault::BadBands);
            }
            free_from = band.to.map(|to| to.saturating_add(1));
        }
        Ok(())
    }
}

fn unique<'a>(named: impl Iterator<Item = (&'a str, &'a str)>) -> Result<(), Fault> {
    let mut seen = BTreeSet::new();
    for (id, text) in named {
        check_id(id)?;
        check_text(id, text)?;
        if !seen.insert(id) {
            return Err(Fault::Duplicate(id.to_owned()));
        }
    }
    Ok(())
}

fn check_id(id: &str) -> Result<(), Fault> {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if (1..=40).contains(&id.len()) && id.bytes().all(allowed) {
        Ok(())
    } else {
        Err(Fault::BadId(id.to_owned()))
    }
}

/// Text is neither blank nor over-long; `name` says whose it is.
pub(super) fn check_text(name: &str, text: &str) -> Result<(), Fault> {
    if text.trim().is_empty() || text.chars().count() > LONGEST_WORDING {
        return Err(Fault::BadText(name.to_owned()));
    }
    Ok(())
}
