//! What stands in the attribute.

use proc_macro2::{Ident, TokenStream};
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{LitStr, Result, Token, parenthesized};

pub struct Attribute {
    pub method: Ident,
    pub path: LitStr,
    pub tag: LitStr,
    pub act: Option<Ident>,
    pub says: Option<LitStr>,
    pub or: Option<LitStr>,
    pub if_match: Option<LitStr>,
    pub names: Vec<(Ident, LitStr)>,
    pub params: Option<TokenStream>,
    pub answers: Option<TokenStream>,
    pub security: Option<TokenStream>,
    pub problems: Option<TokenStream>,
}

impl Parse for Attribute {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let method = input.parse()?;
        input.parse::<Token![,]>()?;
        let path: LitStr = input.parse()?;
        let mut tag = None;
        let mut found = Self {
            method,
            tag: path.clone(),
            path,
            act: None,
            says: None,
            or: None,
            if_match: None,
            names: Vec::new(),
            params: None,
            answers: None,
            security: None,
            problems: None,
        };
        while !input.is_empty() {
            input.parse::<Token![,]>()?;
            if input.is_empty() {
                break;
            }
            let key: Ident = input.parse()?;
            match key.to_string().as_str() {
                "tag" => tag = Some(value(input)?),
                "act" => found.act = Some(value(input)?),
                "says" => found.says = Some(value(input)?),
                "or" => found.or = Some(value(input)?),
                "if_match" => found.if_match = Some(value(input)?),
                "names" => found.names = names(input)?,
                "params" => found.params = Some(words(input)?),
                "answers" => found.answers = Some(words(input)?),
                "security" => found.security = Some(words(input)?),
                "problems" => found.problems = Some(words(input)?),
                _ => {
                    return Err(syn::Error::new(
                        key.span(),
                        "an operation says nothing of this",
                    ));
                }
            }
        }
        let missing = || syn::Error::new(found.path.span(), "an operation has a `tag`");
        found.tag = tag.ok_or_else(missing)?;
        Ok(found)
    }
}

/// `= value`
fn value<T: Parse>(input: ParseStream<'_>) -> Result<T> {
    input.parse::<Token![=]>()?;
    input.parse()
}

/// `(words)`
fn words(input: ParseStream<'_>) -> Result<TokenStream> {
    let content;
    parenthesized!(content in input);
    content.parse()
}

/// `(name = "What it is.", …)`
fn names(input: ParseStream<'_>) -> Result<Vec<(Ident, LitStr)>> {
    let content;
    parenthesized!(content in input);
    let pairs = Punctuated::<_, Token![,]>::parse_terminated_with(&content, |input| {
        Ok((input.parse()?, value(input)?))
    })?;
    Ok(pairs.into_iter().collect())
}
