//! The JSON form of expressions and queries. Reading it gives the same tree again. What that form has no word for (`between`, a path
//! into something computed, numbers of any size) is a snippet of text.

use crate::filter::query::{Aliased, Query, QuerySource, Sample, SampleSize, Shape, UnpivotNames};
use crate::filter::syntax::{BinaryOperator, Expression, Kind, Step};
use serde_json::{Map, Value, json};

/// An expression in JSON form.
pub fn expression_to_json(expression: &Expression) -> Value {
    match &expression.kind {
        Kind::Interval { count, unit } => json!({ "op": "interval", "value": count, "unit": unit.name() }),
        Kind::Path(path) => json!({ "op": "ident", "name": path.iter().map(step).collect::<Vec<_>>() }),
        Kind::Negate(operand) => json!({ "op": "neg", "expr": expression_to_json(operand) }),
        Kind::Not(operand) => json!({ "op": "not", "expr": expression_to_json(operand) }),
        Kind::IsNull(operand) => json!({ "op": "isnull", "expr": expression_to_json(operand) }),
        Kind::IsNotNull(operand) => json!({ "op": "isnotnull", "expr": expression_to_json(operand) }),
        Kind::And(operands) => json!({ "op": "and", "children": all(operands) }),
        Kind::Or(operands) => json!({ "op": "or", "children": all(operands) }),
        Kind::Binary { operator, left, right } => {
            let (left, right) = (expression_to_json(left), expression_to_json(right));
            match operator {
                BinaryOperator::Includes => json!({ "op": "includes", "haystack": left, "needle": right }),
                operator => json!({ "op": operator_name(*operator), "left": left, "right": right }),
            }
        }
        Kind::In { operand, list } => json!({ "op": "in", "left": expression_to_json(operand), "right": expression_to_json(list) }),
        Kind::Conditional { .. } => conditional(expression),
        Kind::Call { name, arguments } if name == "any_span" && arguments.len() == 1 => {
            json!({ "op": "singlespanfilter", "expr": arguments.first().map(expression_to_json) })
        }
        Kind::Call { name, arguments } => {
            json!({ "op": "function", "name": { "op": "ident", "name": [name] }, "args": all(arguments) })
        }
        Kind::Null
        | Kind::Boolean(_)
        | Kind::Number(_)
        | Kind::Text(_)
        | Kind::Array(_)
        | Kind::Object(_)
        | Kind::Decimal(_)
        | Kind::Member { .. }
        | Kind::Between { .. } => match literal(expression) {
            Some(value) => json!({ "op": "literal", "value": value }),
            None => json!({ "btql": expression.to_string() }),
        },
    }
}

fn all(expressions: &[Expression]) -> Vec<Value> {
    expressions.iter().map(expression_to_json).collect()
}

fn step(step: &Step) -> Value {
    match step {
        Step::Key(key) => Value::from(key.as_str()),
        Step::Index(index) => Value::from(*index),
    }
}

/// The value that an expression spells, where it is one and is read as the same again.
fn literal(expression: &Expression) -> Option<Value> {
    match &expression.kind {
        Kind::Null => Some(Value::Null),
        Kind::Boolean(truth) => Some(Value::Bool(*truth)),
        Kind::Number(number) => Some(Value::Number(number.clone())),
        Kind::Text(text) => Some(Value::String(text.clone())),
        Kind::Array(items) => items.iter().map(literal).collect::<Option<Vec<_>>>().map(Value::Array),
        Kind::Object(members) => {
            let mut object = Map::new();
            for (key, member) in members {
                object.insert(key.clone(), literal(member)?);
            }
            // An object of JSON has each key once, and here in the order of the keys.
            let same = object.len() == members.len() && object.keys().zip(members).all(|(key, (known, _))| key == known);
            same.then_some(Value::Object(object))
        }
        _ => None,
    }
}

fn conditional(expression: &Expression) -> Value {
    let mut conditions = Vec::new();
    let mut rest = expression;
    while let Kind::Conditional { condition, then, otherwise } = &rest.kind {
        conditions.push(json!({ "cond": expression_to_json(condition), "then": expression_to_json(then) }));
        rest = otherwise;
    }
    json!({ "op": "if", "conds": conditions, "else": expression_to_json(rest) })
}

fn operator_name(operator: BinaryOperator) -> &'static str {
    match operator {
        BinaryOperator::Equal => "eq",
        BinaryOperator::NotEqual => "ne",
        BinaryOperator::Less => "lt",
        BinaryOperator::LessOrEqual => "le",
        BinaryOperator::Greater => "gt",
        BinaryOperator::GreaterOrEqual => "ge",
        BinaryOperator::Like => "like",
        BinaryOperator::LikeIgnoringCase => "ilike",
        BinaryOperator::Match => "match",
        BinaryOperator::Includes => "includes",
        BinaryOperator::Add => "add",
        BinaryOperator::Subtract => "sub",
        BinaryOperator::Multiply => "mul",
        BinaryOperator::Divide => "div",
        BinaryOperator::Remainder => "mod",
    }
}

/// A query in JSON form. Clauses that are not there are left out.
pub fn query_to_json(query: &Query) -> Value {
    let mut fields = Map::new();
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            fields.insert(name.to_owned(), value);
        }
    };
    let list = |items: &[Aliased]| (!items.is_empty()).then(|| items.iter().map(aliased).collect());
    let expression = |expression: &Option<Expression>| expression.as_ref().map(expression_to_json);
    let starred = |star: bool, rest: Vec<Value>| -> Value {
        let star = star.then(|| json!({ "op": "star" }));
        star.into_iter().chain(rest).collect()
    };
    put("select", query.select.as_ref().map(|select| starred(select.star, select.columns.iter().map(aliased).collect())));
    put("dimensions", list(&query.dimensions));
    put("measures", list(&query.measures));
    put("pivot", list(&query.pivot));
    let unpivot = query.unpivot.iter().map(|unpivot| {
        let alias = match &unpivot.names {
            UnpivotNames::Item(item) => json!(item),
            UnpivotNames::Member { key, value } => json!([key, value]),
        };
        json!({ "expr": expression_to_json(&unpivot.expression), "alias": alias })
    });
    put("unpivot", (!query.unpivot.is_empty()).then(|| unpivot.collect()));
    put("infer", query.infer.as_ref().map(|infer| starred(infer.star, all(&infer.paths))));
    put("from", Some(source(&query.from)));
    put("filter", expression(&query.filter));
    put("span_filter", expression(&query.span_filter));
    put("trace_filter", expression(&query.trace_filter));
    put("sample", query.sample.as_ref().map(sample));
    put("final_filter", expression(&query.final_filter));
    put("final_dimensions", list(&query.final_dimensions));
    put("final_measures", list(&query.final_measures));
    let sort = query.sort.iter().map(|item| {
        let direction = if item.descending { "desc" } else { "asc" };
        json!({ "expr": expression_to_json(&item.expression), "dir": direction })
    });
    put("sort", (!query.sort.is_empty()).then(|| sort.collect()));
    put("limit", query.limit.map(Value::from));
    put("cursor", query.cursor.as_deref().map(Value::from));
    put("preview_length", query.preview_length.map(Value::from));
    put("comparison_key", expression(&query.comparison_key));
    put("weighted_scores", list(&query.weighted_scores));
    put("custom_columns", list(&query.custom_columns));
    put("inference_budget", query.inference_budget.map(Value::from));
    Value::Object(fields)
}

fn aliased(column: &Aliased) -> Value {
    let expression = expression_to_json(&column.expression);
    match &column.alias {
        Some(alias) => json!({ "expr": expression, "alias": alias }),
        None => json!({ "expr": expression }),
    }
}

fn sample(sample: &Sample) -> Value {
    let method = match sample.size {
        SampleSize::Rate(rate) => json!({ "type": "rate", "value": rate }),
        SampleSize::Count(count) => json!({ "type": "count", "value": count }),
    };
    match sample.seed {
        Some(seed) => json!({ "method": method, "seed": seed }),
        None => json!({ "method": method }),
    }
}

fn source(source: &QuerySource) -> Value {
    let name = json!({ "op": "ident", "name": [source.kind.name()] });
    if source.ids.is_empty() && source.shape == Shape::Spans {
        return name;
    }
    let ids: Vec<Value> = source.ids.iter().map(|id| json!({ "op": "literal", "value": id })).collect();
    json!({ "op": "function", "name": name, "args": ids, "shape": source.shape.name() })
}
