//! Spanish.

use super::{Flaw, Goods, Language, Scenario, Tool, Topic, USUAL, flawed};

const SPANISH: Scenario = Scenario { language: Language::Spanish, ..USUAL };

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario {
        goods: Goods::Pack,
        topic: Topic::Warranty,
        tools: &[Tool::LookupOrder, Tool::CheckStock],
        tags: &["warranty"],
        messages: &[
            "se ha roto la hebilla del cinturón de la {product} en plena travesía. Ahora la llevo atada con un cordón de bota. Pedido {order}.",
            "¿venden suelta la hebilla de la {product}? La mía la pisó una vaca. No es broma.",
        ],
        answers: &[
            "Lamento lo de la hebilla. Entra en la garantía hasta el {warranty_until}, así que le envío la pieza **{part}** sin coste. Se cambia sin herramientas: se abre la trabilla, se desliza y listo.\n\nSi sigue en ruta, dígame un albergue y la mandamos allí.",
            "Sí: es la pieza {part}, cuesta 3,90 € y llega en dos a cuatro días laborables. Las vacas no entran en la garantía, pero nos ha alegrado la mañana.",
        ],
        flawed: &[flawed(
            Flaw::Wrong,
            "La hebilla no se vende suelta; tendrá que comprar una {product} nueva.",
            "{part} is in stock as a spare part, `check_stock` says so.",
        )],
        ..SPANISH
    },
    Scenario {
        name: "refund_flow",
        topic: Topic::Returns,
        tools: &[Tool::LookupOrder, Tool::CheckPayment],
        tags: &["returns", "billing"],
        messages: &[
            "devolví el pedido {order} hace casi un mes y sigo sin ver los {total}.",
            "¿dónde está el reembolso de {return}? Mi banco dice que pregunte, y usted dirá que pregunte al banco.",
        ],
        answers: &[
            "Su devolución **{return}** llegó el {delivered} y el reembolso de {total} se emitió al día siguiente. El banco puede tardar de dos a cinco días laborables. Si el {soon} no lo ve, escríbame y le doy la referencia de la operación.",
        ],
        flawed: &[flawed(Flaw::Incomplete, "Consulte con su banco.", "The customer predicted this answer, and still got it.")],
        ..SPANISH
    },
    Scenario {
        goods: Goods::Tent,
        topic: Topic::Product,
        tools: &[],
        tags: &["prod"],
        messages: &[
            "¿aguanta la {product} el viento de Tarifa o acabaré en Marruecos?",
            "¿cuánto pesa la {product} de verdad, con piquetas y con optimismo?",
        ],
        answers: &[
            "Aguanta rachas de hasta **80 km/h** si usa *todos* los vientos. En arena cambie las piquetas por bolsas rellenas: las normales se sueltan. A Marruecos, mejor en ferri.",
            "{grams} g con todo, salvo el optimismo. Sin bolsa ni piquetas de repuesto se ahorra unos 180 g.",
        ],
        ..SPANISH
    },
    Scenario {
        name: "lookup_order",
        topic: Topic::Shipping,
        tools: &[Tool::LookupOrder],
        tags: &["shipping"],
        messages: &["¿ha salido ya {order}?", "estado de {order}, por favor"],
        answers: &["{order} salió esta mañana con {carrier} ({tracking}) y llega el **{arrival}** entre las {hour} y las {later} h."],
        ..SPANISH
    },
];
