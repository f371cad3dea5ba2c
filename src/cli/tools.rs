//! Risk tools that an area adds to those shipped, and the licensed wording it lays over them.

use std::path::Path;

use practice::risk::Tools;

use super::{Failure, Outcome};

/// The shipped tools, then every `*.json` in `folder` in the order of names: `*.wording.json` is
/// wording, the others are tools.
pub fn load(folder: Option<&Path>) -> Outcome<Tools> {
    let tools = Tools::shipped()?;
    let Some(folder) = folder else {
        return Ok(tools);
    };
    let (wording, more): (Vec<_>, Vec<_>) = read(folder)
        .map_err(|error| Failure::new(format!("TOLDONCE_RISK_TOOLS_DIR: {error}")))?
        .into_iter()
        .partition(|(name, _)| name.ends_with(".wording.json"));
    let tools = tools.with_tools(pairs(&more))?;
    Ok(tools.with_wording(pairs(&wording))?)
}

fn pairs(files: &[(String, String)]) -> impl Iterator<Item = (&str, &str)> {
    files
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
}

fn read(folder: &Path) -> std::io::Result<Vec<(String, String)>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str());
        if let Some(name) = name.filter(|name| name.ends_with(".json")) {
            files.push((name.to_owned(), std::fs::read_to_string(&path)?));
        }
    }
    files.sort();
    Ok(files)
}
