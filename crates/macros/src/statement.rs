//! A statement from a `.sql` file, and the fragments that many statements share.
//!
//! `statement!("lapsing" => Passed)` reads `sql/lapsing.sql` beside the file that says so. The file begins with a comment
//! that says what it answers; comments are not sent. `{visible_cases(c)}` stands for the fragment
//! `fragments/visible_cases.sql` of this crate or of one below it, whose first line is `-- visible_cases(c): …` and which
//! names its argument as `{c}`. A statement without rows is `statement!("lapse")`.

use std::path::{Path, PathBuf};

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::{Error, LitStr, Result, Token, Type};

/// The crates that have fragments, from the ground up: each may use its own and those before it.
const FLOORS: &[&str] = &["kernel", "directory", "casework", "conference", "toldonce"];

/// Fragments within fragments, at most.
const DEEPEST: usize = 8;

struct Invocation {
    name: LitStr,
    row: Option<Type>,
}

impl Parse for Invocation {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let name = input.parse()?;
        let row = match input.parse::<Option<Token![=>]>>()? {
            Some(_) => Some(input.parse()?),
            None => None,
        };
        Ok(Self { name, row })
    }
}

/// The statement as a constant, entered in the list of all of them. The caller is the file that names it.
pub fn expand(item: TokenStream, caller: Option<PathBuf>) -> Result<TokenStream> {
    let Invocation { name, row } = syn::parse2(item)?;
    let at = name.span();
    let relative = format!("sql/{}.sql", name.value());
    let Some(caller) = caller else {
        return Err(Error::new(
            at,
            "a statement is named in a file of the workspace",
        ));
    };
    let folder = caller.parent().unwrap_or(Path::new(""));
    let file = absolute(folder.join(&relative));
    let mut fragments = Fragments::of_crate(at);
    let text = fragments.fill(&read(&file, at)?, &[], DEEPEST)?;
    if row.is_none() && text.contains(" returning ") {
        return Err(Error::new(
            at,
            "a statement that returns rows names their type",
        ));
    }
    let watched = fragments.read.iter().map(|path| path.display().to_string());
    let listed = file
        .strip_prefix(root())
        .unwrap_or(&file)
        .display()
        .to_string();
    let beside = LitStr::new(&relative, at);
    let columns = row.as_ref().map_or_else(
        || quote! { |_| () },
        |row| quote! { <#row as ::kernel::sql::Row>::columns },
    );
    let row = row.map_or_else(|| quote! { ::kernel::sql::Unread }, |row| quote! { #row });
    Ok(quote! {{
        const _: &[&[u8]] = &[include_bytes!(#beside), #(include_bytes!(#watched)),*];
        ::kernel::sql::listed! { file: #listed, text: #text, columns: #columns }
        ::kernel::sql::Statement::<#row>::of_file(#text)
    }})
}

/// The text of one fragment with its arguments, for a statement that is not yet in a file.
pub fn fragment(item: TokenStream) -> Result<TokenStream> {
    let parts = syn::punctuated::Punctuated::<LitStr, Token![,]>::parse_terminated;
    let mut parts = syn::parse::Parser::parse2(parts, item)?.into_iter();
    let Some(name) = parts.next() else {
        return Err(Error::new(Span::call_site(), "name a fragment"));
    };
    let arguments: Vec<String> = parts.map(|part| part.value()).collect();
    let mut fragments = Fragments::of_crate(name.span());
    let text = fragments.call(&name.value(), &arguments, DEEPEST)?;
    Ok(quote! { #text })
}

/// The root of the workspace.
fn root() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.ancestors().nth(2).unwrap_or(own).to_path_buf()
}

/// A path as the compiler gives it, from the root.
fn absolute(path: PathBuf) -> PathBuf {
    if path.is_absolute() {
        path
    } else {
        root().join(path)
    }
}

fn read(path: &Path, at: Span) -> Result<String> {
    let said = path.strip_prefix(root()).unwrap_or(path).display();
    let text = std::fs::read_to_string(path)
        .map_err(|error| Error::new(at, format!("{said}: {error}")))?;
    if text.starts_with("-- ") {
        Ok(text)
    } else {
        Err(Error::new(
            at,
            format!("{said} must begin with a comment that says what it answers"),
        ))
    }
}

/// The text on one line, without its comments.
fn without_comments(text: &str) -> String {
    let lines = text.lines().map(str::trim);
    let kept: Vec<&str> = lines
        .filter(|line| !line.is_empty() && !line.starts_with("--"))
        .collect();
    kept.join(" ")
}

/// Where a crate finds fragments, and which of them it used.
struct Fragments {
    folders: Vec<PathBuf>,
    read: Vec<PathBuf>,
    at: Span,
}

impl Fragments {
    /// The fragments that the crate being compiled may use.
    fn of_crate(at: Span) -> Self {
        let own = std::env::var("CARGO_PKG_NAME").unwrap_or_default();
        let most = FLOORS
            .iter()
            .position(|floor| *floor == own)
            .map_or(0, |place| place + 1);
        Self {
            folders: FLOORS
                .iter()
                .take(most)
                .map(|floor| root().join("crates").join(floor).join("fragments"))
                .collect(),
            read: Vec::new(),
            at,
        }
    }

    fn refuse<T>(&self, why: impl std::fmt::Display) -> Result<T> {
        Err(Error::new(self.at, why))
    }

    /// The text with its comments taken out and its fragments and parameters filled in.
    fn fill(&mut self, text: &str, given: &[(String, String)], deep: usize) -> Result<String> {
        let text = without_comments(text);
        let mut out = String::new();
        let mut rest = text.as_str();
        while let Some((before, after)) = rest.split_once('{') {
            out.push_str(before);
            let Some(end) = closing(after) else {
                return self.refuse("a brace is not closed");
            };
            let (inside, behind) = (&after[..end], &after[end + 1..]);
            rest = behind;
            match (inside.split_once('('), parameter(inside, given)) {
                (_, Some(value)) => out.push_str(value),
                (Some((name, arguments)), None) if is_name(name) => {
                    let Some(arguments) = arguments.strip_suffix(')') else {
                        return self.refuse(format!("{{{inside}}} does not end in a bracket"));
                    };
                    let mut values = Vec::new();
                    for argument in arguments
                        .split(',')
                        .map(str::trim)
                        .filter(|a| !a.is_empty())
                    {
                        values.push(self.fill(argument, given, deep)?);
                    }
                    out.push_str(&self.call(name, &values, deep)?);
                }
                // An array of SQL.
                (_, None) => {
                    out.push('{');
                    out.push_str(inside);
                    out.push('}');
                }
            }
        }
        out.push_str(rest);
        Ok(out)
    }

    /// The text of a fragment with these arguments.
    fn call(&mut self, name: &str, values: &[String], deep: usize) -> Result<String> {
        let Some(deep) = deep.checked_sub(1) else {
            return self.refuse(format!("{name} names itself"));
        };
        let file = format!("{name}.sql");
        let paths = self.folders.iter().map(|folder| folder.join(&file));
        let Some(path) = paths.rev().find(|path| path.exists()) else {
            return self.refuse(format!(
                "there is no fragment {name} in this crate or below it"
            ));
        };
        let text = read(&path, self.at)?;
        if !self.read.contains(&path) {
            self.read.push(path);
        }
        let Some(parameters) = parameters(&text, name) else {
            return self.refuse(format!("the first line of {file} is not `-- {name}(…): …`"));
        };
        if parameters.len() != values.len() {
            return self.refuse(format!("{name} takes ({})", parameters.join(", ")));
        }
        let given: Vec<_> = parameters.into_iter().zip(values.iter().cloned()).collect();
        self.fill(&text, &given, deep)
    }
}

/// Where the brace that was opened before this text is closed.
fn closing(text: &str) -> Option<usize> {
    let mut open = 1;
    for (place, letter) in text.char_indices() {
        match letter {
            '{' => open += 1,
            '}' => open -= 1,
            _ => {}
        }
        if open == 0 {
            return Some(place);
        }
    }
    None
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_lowercase() || c == '_')
}

fn parameter<'g>(name: &str, given: &'g [(String, String)]) -> Option<&'g str> {
    let mut given = given.iter();
    given
        .find(|(known, _)| known == name)
        .map(|(_, value)| value.as_str())
}

/// The parameters that the first line of a fragment names.
fn parameters(text: &str, name: &str) -> Option<Vec<String>> {
    let rest = text
        .lines()
        .next()?
        .strip_prefix("-- ")?
        .strip_prefix(name)?;
    let (inside, _) = rest.strip_prefix('(')?.split_once("):")?;
    let names = inside
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty());
    Some(names.map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(text: &str, given: &[(&str, &str)]) -> Result<String> {
        let given: Vec<_> = given
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        Fragments {
            folders: Vec::new(),
            read: Vec::new(),
            at: Span::call_site(),
        }
        .fill(text, &given, DEEPEST)
    }

    #[test]
    fn comments_go_and_parameters_are_filled_in() {
        let text = "-- one(c): what it says.\n{c}.id = $1\n  -- why\n  and {c}.kind = 'x'\n";
        assert_eq!(
            fill(text, &[("c", "i.case_id")]).unwrap(),
            "i.case_id.id = $1 and i.case_id.kind = 'x'"
        );
        assert_eq!(parameters(text, "one").unwrap(), ["c"]);
        assert_eq!(parameters("-- none(): x", "none").unwrap(), [""; 0]);
        assert_eq!(parameters("-- another(c): x", "one"), None);
    }

    #[test]
    fn an_array_stays_and_an_unknown_fragment_is_refused() {
        assert_eq!(
            fill("select '{}', '{a,b}'", &[]).unwrap(),
            "select '{}', '{a,b}'"
        );
        assert!(fill("where {seen(c)}", &[]).is_err());
        assert!(fill("where {seen", &[]).is_err());
    }
}
