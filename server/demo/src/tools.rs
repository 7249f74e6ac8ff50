//! What the tools of the assistant are asked and return, and how they fail.

use serde_json::{Value, json};

use super::clock::{DAY, iso_date};
use super::orders::SupportCase;
use super::random::Random;
use super::scenarios::Tool;

/// One call of a tool.
pub struct Call {
    /// Name of the span.
    pub name: &'static str,
    /// What was asked.
    pub input: Value,
    /// What came back.
    pub output: Value,
    /// Typical duration in milliseconds.
    pub millis: u64,
}

/// The call which this tool makes for this case.
pub fn call(tool: Tool, case: &SupportCase, random: &mut Random) -> Call {
    let money = |cents: u64| cents as f64 / 100.0;
    let order = case.order.as_str();
    let (name, input, output, millis) = match tool {
        Tool::LookupOrder => (
            "lookup_order",
            json!({"order": order}),
            json!({
                "order": order,
                "customer": case.user_id,
                "placed": iso_date(case.ordered),
                "delivered": iso_date(case.delivered),
                "lines": [{"item": case.product.name, "quantity": 1, "price": money(case.product.cents)}],
                "shipping": money(case.shipping),
                "total": money(case.total),
                "returns": [{"id": case.return_id, "state": "received", "on": iso_date(case.delivered)}],
                "warranty_until": iso_date(case.ordered + 730 * DAY),
            }),
            130,
        ),
        Tool::CheckStock => (
            "check_stock",
            json!({"item": case.product.name, "part": case.product.part}),
            json!({
                "part": case.product.part,
                "warehouse": random.whole(2, 60),
                "shops": {"Westhaven station": random.whole(1, 5), "Mill Lane": random.whole(0, 3)},
                "next_delivery": iso_date(case.moment + 9 * DAY),
            }),
            90,
        ),
        Tool::TrackShipment => (
            "track_shipment",
            json!({"carrier": case.carrier, "tracking": case.tracking}),
            json!({
                "tracking": case.tracking,
                "events": [
                    {"on": iso_date(case.ordered + DAY), "text": "Collected from sender"},
                    {"on": iso_date(case.ordered + 2 * DAY), "text": "Sorting centre"},
                    {"on": iso_date(case.moment - DAY), "text": case.fill("{hour}:{minute} left with neighbour, no. {neighbour}")},
                ],
            }),
            420,
        ),
        Tool::CheckPayment => (
            "check_payment",
            json!({"order": order, "include_pending": true}),
            json!([
                {"kind": "charge", "amount": money(case.total), "state": "booked", "on": iso_date(case.ordered)},
                {"kind": "authorisation", "amount": money(case.total), "state": "expires", "on": iso_date(case.ordered + 7 * DAY)},
            ]),
            310,
        ),
        Tool::IssueRefund => (
            "issue_refund",
            json!({"order": order, "amount": money(case.total), "reason": "cancelled by customer"}),
            json!({"refund": format!("RF-{}", case.number), "amount": money(case.total), "state": "issued"}),
            540,
        ),
        Tool::CreateReturn => (
            "create_return",
            json!({"order": order, "exchange": true}),
            json!({"return": case.return_id, "label": format!("https://labels.fernway.example/{}.pdf", case.return_id), "carrier": case.carrier}),
            260,
        ),
        Tool::GiftCard => (
            "gift_card",
            json!({"card": format!("FWG-{}", case.number)}),
            json!({"card": format!("FWG-{}", case.number), "balance": 0.0, "redemptions": [{"on": iso_date(case.ordered), "amount": 50.0, "same_customer": false}]}),
            150,
        ),
        Tool::FindAgent => (
            "find_agent",
            json!({"skill": "safety", "language": case.language.locale()}),
            json!({"agent": case.fill("{agent}"), "queue_length": random.whole(0, 3), "calls_back_in_minutes": 10}),
            80,
        ),
    };
    Call { name, input, output, millis }
}

/// The error of a tool that failed and was called again, in the words of its client.
pub fn passing_error(tool: &str, case: &SupportCase, random: &mut Random) -> String {
    match random.whole(0, 3) {
        0 => format!(
            "Traceback (most recent call last):\n  File \"/app/fernway/tools/{tool}.py\", line {}, in {tool}\n    response = await client.get(url, timeout=2.0)\n  File \"/usr/lib/python3.12/site-packages/httpx/_client.py\", line 1814, in get\n    return await self.request(\"GET\", url)\nhttpx.ReadTimeout: no answer from orders.internal within 2.0 s (order {})",
            random.whole(20, 90),
            case.order
        ),
        1 => format!(
            "{tool}: 503 Service Unavailable\n{{\n  \"error\": \"replica_lagging\",\n  \"detail\": \"replica orders-eu-2 is 41 s behind, refusing reads\",\n  \"retry_after\": 1\n}}"
        ),
        _ => {
            format!("{} answered 429 Too Many Requests for {}\nretry-after: 2\nrequest-id: {}", case.carrier, case.tracking, random.hex(16))
        }
    }
}

/// The error that ends a trace, as a Python traceback or a JavaScript stack.
pub fn fatal_error(root: &str, javascript: bool, case: &SupportCase, random: &mut Random) -> String {
    let line = random.whole(40, 190);
    let request = random.hex(12);
    let (kind, message) = match random.whole(0, 4) {
        0 => (
            "RateLimitError",
            format!(
                "429: rate limit reached for this model, limit 200000 tokens per minute, used 198{}; try again in 1.4 s",
                random.whole(100, 999)
            ),
        ),
        1 => ("APITimeoutError", format!("request {request} timed out after 30.0 s")),
        2 => (
            "UnexpectedReply",
            format!("the answer for {} stopped at 4096 tokens and repeats one line 212 times: 'Have a good trip,'", case.user_id),
        ),
        _ => ("GuardRejected", format!("draft was rejected twice by policy_check: unconfirmed_promise (request {request})")),
    };
    if javascript {
        format!(
            "{kind}: {message}\n    at draft (/app/dist/steps/draft.js:{line}:17)\n    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)\n    at async {root} (/app/dist/{root}.js:{}:20)\n    at async Server.<anonymous> (/app/dist/server.js:61:5)",
            line / 2
        )
    } else {
        format!(
            "Traceback (most recent call last):\n  File \"/app/fernway/flows/{root}.py\", line {line}, in {root}\n    reply = await draft(messages, facts=facts)\n            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n  File \"/app/fernway/steps/draft.py\", line {}, in draft\n    raise error from None\nfernway.errors.{kind}: {message}",
            line / 2
        )
    }
}
