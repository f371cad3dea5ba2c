//! The text of a statement in pieces: words, and the names of binds.

/// A piece of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'t> {
    /// SQL as it stands.
    Words(&'t str),
    /// The name behind a `$`: a number, or a word of the sight.
    Bind(&'t str),
}

/// The pieces, in order.
pub(super) fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut first = true;
    text.split('$')
        .flat_map(move |part| {
            if std::mem::take(&mut first) {
                return [None, Some(Piece::Words(part))];
            }
            let end = part
                .find(|c: char| !c.is_ascii_alphanumeric())
                .unwrap_or(part.len());
            let (name, words) = part.split_at(end);
            [Some(Piece::Bind(name)), Some(Piece::Words(words))]
        })
        .flatten()
}

/// The text as PostgreSQL takes it, `$1` being the bind that is named first; and the names in that order.
pub fn numbered(text: &str) -> (String, Vec<&str>) {
    let (mut out, mut names) = (String::new(), Vec::new());
    for piece in pieces(text) {
        match piece {
            Piece::Words(words) => out.push_str(words),
            Piece::Bind(name) => {
                let known = names.iter().position(|known| *known == name);
                let place = known.unwrap_or_else(|| {
                    names.push(name);
                    names.len() - 1
                });
                out.push('$');
                out.push_str(&(place + 1).to_string());
            }
        }
    }
    (out, names)
}
