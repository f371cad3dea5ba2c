//! What an operation answers: read from its return type.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Error, GenericArgument, LitStr, PathArguments, Result, ReturnType, Signature, Type};

use super::attribute::Attribute;
use super::takes::{Takes, generic};

/// An answer, as far as its type tells.
struct Answer {
    status: u16,
    body: TokenStream,
    headers: TokenStream,
}

/// The answers in the words of `utoipa::path`, each with a comma.
pub fn of(attribute: &Attribute, takes: &Takes, signature: &Signature) -> Result<TokenStream> {
    if let Some(own) = &attribute.answers {
        return Ok(quote! { #own, });
    }
    let ReturnType::Type(_, ty) = &signature.output else {
        return Err(Error::new_spanned(
            signature,
            "an operation answers something",
        ));
    };
    let ty = match generic(ty) {
        (name, Some(inner)) if name == "Result" => inner,
        _ => ty,
    };
    let says = attribute.says.as_ref();
    let says = says.ok_or_else(|| Error::new_spanned(ty, "say what it answers: `says`"))?;
    match (generic(ty).0.as_str(), two(ty)) {
        ("Either", Some((one, other))) => {
            let (one, other) = (answer(one, takes)?, answer(other, takes)?);
            let second = match (&attribute.or, one.status == other.status) {
                (Some(text), false) => Some(other.written(text)),
                (None, true) => None,
                _ => {
                    return Err(Error::new_spanned(
                        ty,
                        "`or` says what another status means",
                    ));
                }
            };
            let first = one.written(says);
            Ok(quote! { #first #second })
        }
        _ => Ok(answer(ty, takes)?.written(says)),
    }
}

impl Answer {
    fn written(&self, says: &LitStr) -> TokenStream {
        let Self {
            status,
            body,
            headers,
        } = self;
        let status = proc_macro2::Literal::u16_unsuffixed(*status);
        quote! { (status = #status, description = #says #body #headers), }
    }
}

fn answer(ty: &Type, takes: &Takes) -> Result<Answer> {
    let json = |of: TokenStream, headers| Answer {
        status: 200,
        body: quote! { , body = #of },
        headers,
    };
    let none = TokenStream::new;
    let etag = || {
        quote! { , headers(("ETag" = String, description = "The version: send it as `If-Match`.")) }
    };
    let link = || match takes.query {
        true => {
            quote! { , headers(("Link" = String, description = "The next page, if there is one.")) }
        }
        false => TokenStream::new(),
    };
    let other = |kind: &str, body: TokenStream| Answer {
        status: 200,
        body: quote! { , body = #body, content_type = #kind },
        headers: TokenStream::new(),
    };
    Ok(match (generic(ty).0.as_str(), generic(ty).1) {
        ("Json", Some(of)) => json(quote! { #of }, none()),
        ("Tagged", Some(of)) => json(quote! { #of }, etag()),
        ("Page", Some(_)) => json(quote! { #ty }, link()),
        ("Linked", Some(of)) => json(quote! { #of }, link()),
        ("Created", Some(of)) => Answer {
            status: 201,
            ..answer(of, takes)?
        },
        ("NoContent", None) => Answer {
            status: 204,
            body: none(),
            headers: none(),
        },
        ("Html", None) => other("text/html", quote! { String }),
        ("Pdf", None) => other("application/pdf", quote! { inline(::kernel::http::Binary) }),
        _ => {
            let message = "no type of answer that the document knows: write `answers`";
            return Err(Error::new_spanned(ty, message));
        }
    })
}

/// The two type arguments of a type.
fn two(ty: &Type) -> Option<(&Type, &Type)> {
    let Type::Path(path) = ty else { return None };
    let PathArguments::AngleBracketed(of) = &path.path.segments.last()?.arguments else {
        return None;
    };
    let mut types = of.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    });
    Some((types.next()?, types.next()?))
}
