//! The published risk tools, and the licensed wording an area lays over them.
//!
//! A published version is never edited, because assessments were made with it; a change is a new version.
//! The wording of most tools belongs to somebody else (domain 4.1), so the files shipped hold paraphrases
//! of ours and an area brings the text it has licensed.

use std::collections::BTreeMap;

use serde::Deserialize;
use thiserror::Error;

use super::tool::{Fault, Tool, check_text};

const SHIPPED: [(&str, &str); 2] = [
    (
        "safelives_dash.v1.json",
        include_str!("../../../../risk_tools/safelives_dash.v1.json"),
    ),
    (
        "s_dash.v1.json",
        include_str!("../../../../risk_tools/s_dash.v1.json"),
    ),
];

/// A file of licensed text for one version of one tool.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wording {
    tool: String,
    version: u16,
    licence: String,
    items: BTreeMap<String, ItemWording>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct ItemWording {
    wording: String,
    #[serde(default)]
    options: BTreeMap<String, String>,
}

/// Why a file of a tool or of its wording is not taken. These files are the operator's own, so the text
/// names what is wrong in them.
#[derive(Debug, Error)]
pub enum ToolError {
    /// Not JSON of the expected shape.
    #[error("{file}: {source}")]
    Shape {
        /// The file.
        file: String,
        /// Where and what.
        source: serde_json::Error,
    },
    /// A rule of tools is broken.
    #[error("{file}: {fault}")]
    Faulty {
        /// The file.
        file: String,
        /// The rule.
        fault: Fault,
    },
}

/// The tools assessments may be made with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tools {
    tools: BTreeMap<String, BTreeMap<u16, Tool>>,
}

impl Tools {
    /// The tools that come with the program.
    pub fn shipped() -> Result<Self, ToolError> {
        Self::default().with_tools(SHIPPED)
    }

    /// Adds tools from (file name, contents): a new tool, or a new version of one that is here. A version
    /// that is here already cannot be replaced.
    pub fn with_tools<'a>(
        mut self,
        files: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, ToolError> {
        let mut added = Vec::new();
        for (file, contents) in files {
            let faulty = |fault| ToolError::Faulty {
                file: file.to_owned(),
                fault,
            };
            let tool: Tool = parse(file, contents)?;
            tool.check().map_err(faulty)?;
            let (id, version) = (tool.id.clone(), tool.version);
            if self.get(&id, version).is_some() {
                return Err(faulty(Fault::Duplicate(format!("{id} {version}"))));
            }
            self.tools
                .entry(id.clone())
                .or_default()
                .insert(version, tool);
            added.push((file, id, version));
        }
        // After all are in, because files may prompt one another.
        for (file, id, version) in added {
            let fault = self
                .get(&id, version)
                .and_then(|tool| self.misdirected(tool));
            if let Some(fault) = fault {
                return Err(ToolError::Faulty {
                    file: file.to_owned(),
                    fault,
                });
            }
        }
        Ok(self)
    }

    /// What a tool prompts is there, and what it says prompts it does so.
    fn misdirected(&self, tool: &Tool) -> Option<Fault> {
        for item in &tool.items {
            if let Some(next) = item.prompts.iter().find(|next| self.latest(next).is_none()) {
                return Some(Fault::UnknownPrompt {
                    item: item.id.clone(),
                    tool: next.clone(),
                });
            }
        }
        let stray = tool.prompted_by.iter().find(|prompt| {
            let from = self.latest(&prompt.tool);
            let item = from.and_then(|from| from.item(&prompt.item));
            !item.is_some_and(|item| item.prompts.contains(&tool.id))
        });
        stray.map(|prompt| Fault::UnknownPrompter {
            tool: prompt.tool.clone(),
            item: prompt.item.clone(),
        })
    }

    /// Lays licensed text from (file name, contents) over the tools it was licensed for.
    ///
    /// A file is `{"tool", "version", "licence", "items": {"q1": {"wording", "options": {"id": "text"}}}}`.
    /// It must name a tool and a version that are here, and no item or option they lack: text of another
    /// edition under these ids would make old answers say something nobody was asked.
    pub fn with_wording<'a>(
        mut self,
        files: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, ToolError> {
        for (file, contents) in files {
            let wording: Wording = parse(file, contents)?;
            self.lay_over(wording).map_err(|fault| ToolError::Faulty {
                file: file.to_owned(),
                fault,
            })?;
        }
        Ok(self)
    }

    /// The tool of exactly this version.
    pub fn get(&self, id: &str, version: u16) -> Option<&Tool> {
        self.tools.get(id)?.get(&version)
    }

    /// The newest version of a tool.
    pub fn latest(&self, id: &str) -> Option<&Tool> {
        self.tools.get(id)?.values().next_back()
    }

    /// Every version of every tool, by id and then by version.
    pub fn iter(&self) -> impl Iterator<Item = &Tool> {
        self.tools.values().flat_map(BTreeMap::values)
    }

    fn lay_over(&mut self, wording: Wording) -> Result<(), Fault> {
        let Wording {
            tool: id,
            version,
            licence,
            items,
        } = wording;
        let tool = self
            .tools
            .get_mut(&id)
            .and_then(|versions| versions.get_mut(&version))
            .ok_or_else(|| Fault::UnknownTool {
                tool: id.clone(),
                version,
            })?;
        check_text("licence", &licence)?;
        for (item_id, text) in items {
            check_text(&item_id, &text.wording)?;
            let item = tool
                .items
                .iter_mut()
                .find(|item| item.id == item_id)
                .ok_or_else(|| Fault::UnknownItem(item_id.clone()))?;
            for (option_id, text) in text.options {
                let name = format!("{item_id}.{option_id}");
                check_text(&name, &text)?;
                let option = item
                    .options
                    .iter_mut()
                    .find(|option| option.id == option_id)
                    .ok_or(Fault::UnknownItem(name))?;
                option.wording = Some(text);
            }
            item.wording = Some(text.wording);
        }
        tool.licence = Some(licence);
        Ok(())
    }
}

fn parse<'a, T: Deserialize<'a>>(file: &str, contents: &'a str) -> Result<T, ToolError> {
    serde_json::from_str(contents).map_err(|source| ToolError::Shape {
        file: file.to_owned(),
        source,
    })
}

#[cfg(test)]
#[path = "tools_tests.rs"]
mod tests;
