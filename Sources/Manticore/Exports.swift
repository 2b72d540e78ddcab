// `import Manticore` is all that an application writes.
@_exported public import PostgresClient
