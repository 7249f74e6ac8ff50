//! The JSON form of a query that the SDKs send: the same [`Query`] as of the text, and text inside of it wherever an
//! expression may stand (`{"btql": "…"}`).

mod clauses;
mod writing;

use serde_json::{Map, Value};

use super::diagnostic::{Diagnostic, nearest};
use super::parser::Parser;
use super::query::Query;
use super::syntax::{BinaryOperator, Expression, Kind, MAXIMUM_HEIGHT, Step, Unit};
pub use writing::{expression_to_json, query_to_json};

/// Reads a query in JSON form. Unknown fields are ignored; `null` means absent. Mistakes name the place in the JSON,
/// their spans are those of the snippet that holds them, or empty.
pub fn query_from_json(value: &Value) -> Result<Query, Vec<Diagnostic>> {
    let mut reader = Reader { found: Vec::new(), depth: 0 };
    let Value::Object(fields) = value else {
        reader.report("query", "is not an object", "Send the clauses as fields: {\"select\": …, \"from\": …}");
        return Err(reader.found);
    };
    let draft = reader.query(fields);
    let (query, found) = draft.finish(0, false);
    // The parts come from many texts or none, so a span would say nothing.
    reader.found.extend(found.into_iter().map(|diagnostic| Diagnostic { span: 0..0, ..diagnostic }));
    let mut mistakes: Vec<Diagnostic> = Vec::new();
    for diagnostic in reader.found {
        if mistakes.len() < MOST_NOTED && !mistakes.iter().any(|other| other.message == diagnostic.message) {
            mistakes.push(diagnostic);
        }
    }
    if mistakes.is_empty() { Ok(query) } else { Err(mistakes) }
}

/// Reads an expression in JSON form.
pub fn expression_from_json(value: &Value) -> Result<Expression, Vec<Diagnostic>> {
    let mut reader = Reader { found: Vec::new(), depth: 0 };
    let expression = reader.expression("filter", value);
    reader.found.extend(super::check(&expression));
    if reader.found.is_empty() { Ok(expression) } else { Err(reader.found) }
}

/// So many mistakes are told; more of them say no more.
const MOST_NOTED: usize = 20;

struct Reader {
    found: Vec<Diagnostic>,
    depth: u16,
}

impl Reader {
    fn report(&mut self, place: &str, message: &str, help: &str) {
        if self.found.len() >= 10 * MOST_NOTED {
            return;
        }
        let message = format!("`{place}` {message}.");
        self.found.push(Diagnostic::new(0..0, message, "").with_help(help));
    }

    fn expression(&mut self, place: &str, value: &Value) -> Expression {
        if self.depth >= MAXIMUM_HEIGHT {
            self.report(place, &format!("is nested more than {MAXIMUM_HEIGHT} levels deep"), "Join conditions in `children`.");
            return null();
        }
        self.depth += 1;
        let expression = self.node(place, value);
        self.depth -= 1;
        if expression.height() > MAXIMUM_HEIGHT {
            self.report(place, &format!("is nested more than {MAXIMUM_HEIGHT} levels deep"), "Simplify the expression.");
            return null();
        }
        expression
    }

    fn node(&mut self, place: &str, value: &Value) -> Expression {
        let Value::Object(fields) = value else {
            // A bare value is a literal that somebody did not wrap.
            return Expression::literal(value, 0..0);
        };
        if let Some(Value::String(snippet)) = fields.get("btql") {
            // Columns and functions are checked with the whole query, where aliases and aggregates are known.
            let mut parser = Parser::new(snippet);
            let expression = parser.whole_expression();
            return parser.finish(expression).unwrap_or_else(|mut mistakes| {
                self.found.append(&mut mistakes);
                null()
            });
        }
        let Some(operator) = fields.get("op").and_then(Value::as_str) else {
            self.report(place, "has no `op`", "Every part of a query names its operator, or is {\"btql\": \"…\"}.");
            return null();
        };
        let child = |name: &str| fields.get(name).unwrap_or(&Value::Null);
        if let Some(operator) = binary(operator) {
            let (left, right) = if operator == BinaryOperator::Includes { ("haystack", "needle") } else { ("left", "right") };
            let left = Box::new(self.expression(&format!("{place}.{left}"), child(left)));
            let right = Box::new(self.expression(&format!("{place}.{right}"), child(right)));
            return Expression::new(Kind::Binary { operator, left, right }, 0..0);
        }
        let kind = match operator {
            "literal" => return Expression::literal(child("value"), 0..0),
            "interval" => self.interval(place, fields),
            "ident" => self.path(place, child("name")),
            "function" => self.call(place, fields),
            "and" | "or" => return self.joined(place, operator, fields),
            "is" => self.is(place, fields),
            "in" => self.contained(place, fields),
            "not" => Kind::Not(self.operand(place, fields)),
            "isnull" => Kind::IsNull(self.operand(place, fields)),
            "isnotnull" => Kind::IsNotNull(self.operand(place, fields)),
            "neg" => return Expression::negate(*self.operand(place, fields), 0..0),
            "if" => return self.conditional(place, fields),
            // The second one is documented nowhere: what it selects is a trace by its spans.
            "singlespanfilter" | "matchingspansfilter" => {
                Kind::Call { name: "any_span".to_owned(), arguments: vec![*self.operand(place, fields)] }
            }
            _ => {
                let help = match nearest(operator, OPERATORS.iter().copied()) {
                    Some(near) => format!("Did you mean `{near}`?"),
                    None => format!("The operators are {}.", OPERATORS.join(", ")),
                };
                self.report(place, &format!("has the operator `{operator}`, which is not available yet"), &help);
                return null();
            }
        };
        Expression::new(kind, 0..0)
    }

    fn operand(&mut self, place: &str, fields: &Map<String, Value>) -> Box<Expression> {
        Box::new(self.expression(&format!("{place}.expr"), fields.get("expr").unwrap_or(&Value::Null)))
    }

    fn interval(&mut self, place: &str, fields: &Map<String, Value>) -> Kind {
        let unit = fields.get("unit").and_then(Value::as_str).and_then(Unit::named);
        match (fields.get("value").and_then(Value::as_i64), unit) {
            (Some(count), Some(unit)) => Kind::Interval { count, unit },
            _ => {
                self.report(place, "is not an interval", "Send a whole number and a unit from microsecond to year.");
                Kind::Null
            }
        }
    }

    fn path(&mut self, place: &str, name: &Value) -> Kind {
        let names: Vec<Value> = match name {
            Value::Array(names) => names.clone(),
            Value::String(_) => vec![name.clone()],
            _ => Vec::new(),
        };
        let steps: Option<Vec<Step>> = names
            .iter()
            .map(|name| match name {
                Value::String(key) => Some(Step::Key(key.clone())),
                _ => name.as_i64().map(Step::Index),
            })
            .collect();
        match steps {
            Some(steps) if matches!(steps.first(), Some(Step::Key(_))) => Kind::Path(steps),
            _ => {
                self.report(&format!("{place}.name"), "is not a path", "Send a list of keys and places: [\"tags\", 0]");
                Kind::Null
            }
        }
    }

    fn call(&mut self, place: &str, fields: &Map<String, Value>) -> Kind {
        let name = fields.get("name").and_then(|name| name.get("name").or(Some(name)));
        let name = name.and_then(|name| name.as_str().or_else(|| name.get(0)?.as_str()));
        let Some(name) = name else {
            self.report(&format!("{place}.name"), "is not the name of a function", "Send {\"op\": \"ident\", \"name\": [\"count\"]}");
            return Kind::Null;
        };
        let mut name = name.to_lowercase();
        let arguments = fields.get("args").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let mut read = Vec::with_capacity(arguments.len());
        for (at, argument) in arguments.iter().enumerate() {
            if name == "count" && argument.get("op").and_then(Value::as_str) == Some("star") {
                read.push(Expression::literal(&Value::from(1), 0..0));
            } else {
                read.push(self.wrapped(&format!("{place}.args[{at}]"), argument));
            }
        }
        if fields.get("duplicate_treatment").and_then(Value::as_str) == Some("Distinct") {
            if name == "count" {
                name.push_str("_distinct");
            } else {
                self.report(&format!("{place}.duplicate_treatment"), "is not available yet", "Only count can be distinct.");
            }
        }
        if matches!(name.as_str(), "contains" | "includes") && read.len() == 2 {
            let (right, left) = (read.pop(), read.pop());
            if let (Some(left), Some(right)) = (left, right) {
                let (left, right) = (Box::new(left), Box::new(right));
                return Kind::Binary { operator: BinaryOperator::Includes, left, right };
            }
        }
        Kind::Call { name, arguments: read }
    }

    fn joined(&mut self, place: &str, operator: &str, fields: &Map<String, Value>) -> Expression {
        let mut operands = Vec::new();
        for name in ["left", "right"] {
            if let Some(side) = fields.get(name).filter(|side| !side.is_null()) {
                operands.push(self.expression(&format!("{place}.{name}"), side));
            }
        }
        if let Some(Value::Array(children)) = fields.get("children") {
            for (at, child) in children.iter().enumerate() {
                operands.push(self.expression(&format!("{place}.children[{at}]"), child));
            }
        }
        match (operands.is_empty(), operator) {
            // No conditions are all satisfied, and none of them is.
            (true, _) => Expression::literal(&Value::Bool(operator == "and"), 0..0),
            (_, "and") => Expression::all_of(operands, 0..0),
            _ => Expression::any_of(operands, 0..0),
        }
    }

    /// `is` asks for null; the SDKs' other use of it is equality.
    fn is(&mut self, place: &str, fields: &Map<String, Value>) -> Kind {
        let side = |name: &str| fields.get(name).unwrap_or(&Value::Null);
        let left = Box::new(self.expression(&format!("{place}.left"), side("left")));
        let right = self.expression(&format!("{place}.right"), side("right"));
        match right.kind {
            Kind::Null => Kind::IsNull(left),
            _ => Kind::Binary { operator: BinaryOperator::Equal, left, right: Box::new(right) },
        }
    }

    fn contained(&mut self, place: &str, fields: &Map<String, Value>) -> Kind {
        let side = |name: &str| fields.get(name).unwrap_or(&Value::Null);
        let operand = Box::new(self.expression(&format!("{place}.left"), side("left")));
        let list = Box::new(self.expression(&format!("{place}.right"), side("right")));
        Kind::In { operand, list }
    }

    fn conditional(&mut self, place: &str, fields: &Map<String, Value>) -> Expression {
        let last = self.expression(&format!("{place}.else"), fields.get("else").unwrap_or(&Value::Null));
        let conditions = fields.get("conds").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        conditions.iter().enumerate().rev().fold(last, |otherwise, (at, branch)| {
            let part = |name: &str| branch.get(name).unwrap_or(&Value::Null);
            let condition = Box::new(self.expression(&format!("{place}.conds[{at}].cond"), part("cond")));
            let then = Box::new(self.expression(&format!("{place}.conds[{at}].then"), part("then")));
            let kind = Kind::Conditional { condition, then, otherwise: Box::new(otherwise) };
            let joined = Expression::new(kind, 0..0);
            if joined.height() <= MAXIMUM_HEIGHT {
                return joined;
            }
            self.report(place, "has too many branches", "Simplify the expression.");
            null()
        })
    }
}

/// Stands where something could not be read; the mistake is noted, so it is never evaluated.
fn null() -> Expression {
    Expression::new(Kind::Null, 0..0)
}

const OPERATORS: [&str; 31] = [
    "literal",
    "interval",
    "ident",
    "function",
    "star",
    "eq",
    "is",
    "ne",
    "lt",
    "le",
    "gt",
    "ge",
    "ilike",
    "like",
    "match",
    "in",
    "includes",
    "and",
    "or",
    "not",
    "isnull",
    "isnotnull",
    "neg",
    "add",
    "sub",
    "mul",
    "div",
    "mod",
    "if",
    "singlespanfilter",
    "matchingspansfilter",
];

fn binary(operator: &str) -> Option<BinaryOperator> {
    Some(match operator {
        "eq" => BinaryOperator::Equal,
        "ne" => BinaryOperator::NotEqual,
        "lt" => BinaryOperator::Less,
        "le" => BinaryOperator::LessOrEqual,
        "gt" => BinaryOperator::Greater,
        "ge" => BinaryOperator::GreaterOrEqual,
        "like" => BinaryOperator::Like,
        "ilike" => BinaryOperator::LikeIgnoringCase,
        "match" => BinaryOperator::Match,
        "includes" | "contains" => BinaryOperator::Includes,
        "add" => BinaryOperator::Add,
        "sub" => BinaryOperator::Subtract,
        "mul" => BinaryOperator::Multiply,
        "div" => BinaryOperator::Divide,
        "mod" => BinaryOperator::Remainder,
        _ => return None,
    })
}
