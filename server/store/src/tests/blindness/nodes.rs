//! Values inside of fields, as somebody asks for them.

use super::World;
use crate::Desk;
use shared::RowId;
use shared::objects::FieldName;
use shared::spans::{ReadField, ReadNode, Rendering};

/// What asks for the whole of each field that answers lie on, as it stands for who asks.
pub(super) async fn nodes(world: &World, desk: &Desk) -> Vec<ReadNode> {
    let mut nodes = Vec::new();
    for field in [FieldName::Expected, FieldName::Metadata] {
        let (object, row_id, rendering) = (world.project.logs(), RowId::from("one"), Rendering::Json);
        let query = ReadField { object: object.clone(), row_id: row_id.clone(), field, rendering, whole: true, find: String::new() };
        let stamp = desk.read_field(query).await.map_or(0, |field| field.stamp);
        nodes.push(ReadNode { object, row_id, field, at: 0, stamp, rendering, from: 0 });
    }
    nodes
}
