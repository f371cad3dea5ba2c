//! What an operation takes: read from the types of its arguments.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Error, FnArg, GenericArgument, PathArguments, Result, Signature, Type};

use super::attribute::Attribute;
use super::words::{self, Param};

#[derive(Default)]
pub struct Takes {
    /// Somebody signed in.
    pub caller: bool,
    /// A version that was read, which may be left out if the argument is a `Result`.
    pub version: bool,
    /// A JSON body.
    pub json: bool,
    /// A query: with it a page may have a next one.
    pub query: bool,
    /// The request body, in the words of `utoipa::path`.
    pub body: Option<TokenStream>,
    /// The parameters, in the same words: of the path, of the query, of the header.
    pub params: Vec<TokenStream>,
}

impl Takes {
    pub fn of(attribute: &Attribute, signature: &Signature) -> Result<Self> {
        let mut takes = Self::default();
        let named = words::params(&attribute.path.value());
        let (mut path, mut queries, mut headers) = (None, Vec::new(), Vec::new());
        let mut key = None;
        for argument in &signature.inputs {
            let FnArg::Typed(argument) = argument else {
                return Err(Error::new_spanned(argument, "an operation is no method"));
            };
            let (ty, optional) = match generic(&argument.ty) {
                (name, Some(inner)) if name == "Result" => (inner, true),
                _ => (&*argument.ty, false),
            };
            match generic(ty) {
                (name, _) if name == "Caller" => takes.caller = true,
                (name, Some(inner)) if name == "Path" => path = Some(inner),
                (name, Some(inner)) if name == "Query" => queries.push(quote! { #inner }),
                (name, Some(inner)) if name == "Body" => {
                    takes.json = true;
                    takes.body = Some(quote! { = #inner });
                }
                (name, Some(inner)) if name == "Form" => {
                    takes.body = Some(quote! {
                        (content = #inner, content_type = "application/x-www-form-urlencoded")
                    });
                }
                (name, _) if name == "IfMatch" => {
                    takes.version = true;
                    headers.push(if_match(attribute, &named, optional));
                }
                (name, _) if name == "IdempotencyKey" => {
                    let text = words::IDEMPOTENCY_KEY;
                    key = Some(quote! {
                        ("Idempotency-Key" = Option<String>, Header, description = #text)
                    });
                }
                _ => {}
            }
        }
        takes.query = !queries.is_empty();
        takes.params = match &attribute.params {
            Some(own) => vec![own.clone()],
            None => in_path(attribute, &named, path, signature)?,
        };
        takes.params.extend(queries);
        takes.params.extend(headers);
        takes.params.extend(key);
        Ok(takes)
    }
}

/// The parameters of the path, in its order.
fn in_path(
    attribute: &Attribute,
    named: &[Param],
    taken: Option<&Type>,
    signature: &Signature,
) -> Result<Vec<TokenStream>> {
    if named.is_empty() != taken.is_none() {
        return Err(Error::new_spanned(
            signature,
            "the path and the argument `Path` differ",
        ));
    }
    let types: Vec<_> = match taken {
        Some(Type::Tuple(tuple)) => tuple.elems.iter().collect(),
        Some(one) => vec![one; named.len()],
        None => Vec::new(),
    };
    if types.len() != named.len() {
        return Err(Error::new_spanned(
            taken,
            "the path has another number of parameters",
        ));
    }
    let each = named.iter().zip(types).map(|(param, ty)| {
        let own = attribute.names.iter().find(|(name, _)| *name == param.name);
        let text = own.map(|(_, text)| text.value()).or_else(|| param.what());
        let text = text.ok_or_else(|| {
            let message = format!("say what `{}` is: in `words`, or with `names`", param.name);
            Error::new(attribute.path.span(), message)
        })?;
        let (name, ty) = (&param.name, in_document(ty, named.len()));
        Ok(quote! { (#name = #ty, Path, description = #text) })
    });
    each.collect()
}

/// The type of a parameter as the document has it. A struct that stands for the whole path is one of ids.
fn in_document(ty: &Type, params: usize) -> TokenStream {
    match generic(ty) {
        (name, None) if name == "Uuid" || params > 1 && !is_number(&name) => {
            quote! { ::uuid::Uuid }
        }
        (name, None) if is_number(&name) => quote! { #ty },
        _ => quote! { String },
    }
}

fn is_number(name: &str) -> bool {
    ["u16", "u32", "i32", "i64"].contains(&name)
}

/// The header `If-Match`, with the word for what is changed: the last thing in the path.
fn if_match(attribute: &Attribute, named: &[Param], optional: bool) -> TokenStream {
    let text = match &attribute.if_match {
        Some(own) => own.value(),
        None => words::etag_of(named.last()),
    };
    let ty = if optional {
        quote! { Option<String> }
    } else {
        quote! { String }
    };
    quote! { ("If-Match" = #ty, Header, description = #text) }
}

/// The name of a type, without its module, and its first type argument.
pub fn generic(ty: &Type) -> (String, Option<&Type>) {
    let Type::Path(path) = ty else {
        return (String::new(), None);
    };
    let Some(last) = path.path.segments.last() else {
        return (String::new(), None);
    };
    let inner = match &last.arguments {
        PathArguments::AngleBracketed(of) => of.args.iter().find_map(|argument| match argument {
            GenericArgument::Type(ty) => Some(ty),
            _ => None,
        }),
        _ => None,
    };
    (last.ident.to_string(), inner)
}
