namespace Appliance.Bench.Objects;

/// <summary>What is measured.</summary>
internal enum Operation
{
    QueuePut,
    QueueGet,
    DictPut,
    DictGet,
}
