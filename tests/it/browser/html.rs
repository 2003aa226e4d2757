//! A page as a strict parser sees it (html5ever builds the tree as the HTML standard says and tells every
//! parse error), flattened for the rules of the house.

use html5ever::driver::ParseOpts;
use html5ever::parse_document;
use html5ever::tendril::TendrilSink;
use html5ever::tokenizer::TokenizerOpts;
use html5ever::tree_builder::TreeBuilderOpts;
use markup5ever_rcdom::{Handle, NodeData, RcDom};

/// One element, in document order.
pub struct Tag {
    pub name: String,
    attributes: Vec<(String, String)>,
    /// Names of the elements around it, the outermost first.
    pub inside: Vec<String>,
    /// The words in it, white space as read.
    pub text: String,
    /// Its place in the list, and that of the element around it.
    pub at: usize,
    pub parent: Option<usize>,
}

pub struct Html {
    pub tags: Vec<Tag>,
    /// What is not as the standard wants it.
    pub errors: Vec<String>,
}

impl Tag {
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub fn attributes(&self) -> impl Iterator<Item = (&str, &str)> {
        self.attributes.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }

    pub fn is(&self, names: &[&str]) -> bool {
        names.contains(&self.name.as_str())
    }

    pub fn is_inside(&self, names: &[&str]) -> bool {
        self.inside.iter().any(|one| names.contains(&one.as_str()))
    }

    /// As it is told in a failure.
    pub fn told(&self) -> String {
        let attributes = self.attributes.iter().map(|(key, value)| format!(" {key}=\"{value}\""));
        format!("<{}{}>", self.name, attributes.collect::<String>())
    }
}

impl Html {
    pub fn parse(html: &str) -> Self {
        let strict = ParseOpts {
            tokenizer: TokenizerOpts { exact_errors: true, ..TokenizerOpts::default() },
            tree_builder: TreeBuilderOpts { exact_errors: true, ..TreeBuilderOpts::default() },
        };
        let dom = parse_document(RcDom::default(), strict).one(html);
        let mut tags = Vec::new();
        gather(&dom.document, &mut Vec::new(), None, &mut tags);
        let errors = dom.errors.borrow().iter().map(ToString::to_string).collect();
        Self { tags, errors }
    }

    pub fn named<'a>(&'a self, names: &'a [&'a str]) -> impl Iterator<Item = &'a Tag> {
        self.tags.iter().filter(|tag| tag.is(names))
    }

    /// The page without what it says: elements, where they stand, their attributes but for addresses, values and moments,
    /// and whether there are words in them.
    pub fn shape(&self) -> String {
        let said = |key: &str| matches!(key, "href" | "action" | "value" | "datetime" | "content");
        let shape = |tag: &Tag| {
            let mut words = vec![format!("{} {}", tag.inside.len(), tag.name)];
            for (key, value) in &tag.attributes {
                words.push(if said(key) { key.clone() } else { format!("{key}={value}") });
            }
            words.extend((!tag.text.is_empty()).then(|| "...".to_owned()));
            words.join(" ")
        };
        self.tags.iter().map(shape).collect::<Vec<_>>().join("\n")
    }

    /// The words of the only element of this name.
    pub fn text_of(&self, name: &str) -> &str {
        self.tags.iter().find(|tag| tag.name == name).map(|tag| tag.text.as_str()).unwrap_or_default()
    }
}

fn gather(node: &Handle, inside: &mut Vec<String>, parent: Option<usize>, tags: &mut Vec<Tag>) {
    let NodeData::Element { name, attrs, .. } = &node.data else {
        for child in node.children.borrow().iter() {
            gather(child, inside, parent, tags);
        }
        return;
    };
    let name = name.local.to_string();
    let at = tags.len();
    let attributes =
        attrs.borrow().iter().map(|one| (one.name.local.to_string(), one.value.to_string())).collect();
    let text = words(node).split_whitespace().collect::<Vec<_>>().join(" ");
    tags.push(Tag { name: name.clone(), attributes, inside: inside.clone(), text, at, parent });
    inside.push(name);
    for child in node.children.borrow().iter() {
        gather(child, inside, Some(at), tags);
    }
    inside.pop();
}

fn words(node: &Handle) -> String {
    match &node.data {
        NodeData::Text { contents } => contents.borrow().to_string(),
        _ => node.children.borrow().iter().map(words).collect(),
    }
}
