import { createDynamoStore } from '/work/main/functions/adapters/dynamodb/dynamo-store.ts';
console.log(createDynamoStore);
