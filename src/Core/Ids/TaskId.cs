namespace Appliance.Core.Ids;

/// <summary>
/// Names one task: a container from its start to its end. Clients take an id that ends with V for one of a sandbox of the
/// second version, and call it otherwise (contracts/sandbox.md §0.4).
/// </summary>
public readonly record struct TaskId(string Text) : IObjectId<TaskId>
{
    private const char OfVersion2 = 'V';

    public static string Prefix => "ta";

    public static string Noun => "task";

    public static TaskId FromText(string text) => new(text);

    public static TaskId Mint(bool isVersion2)
    {
        string text = ObjectIdText.Mint(Prefix);
        char last = isVersion2 ? OfVersion2 : text[^1] == OfVersion2 ? 'v' : text[^1];
        return new TaskId(text[..^1] + last);
    }

    public override string ToString() => Text;
}
