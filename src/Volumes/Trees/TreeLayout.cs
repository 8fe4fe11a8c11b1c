namespace Appliance.Volumes.Trees;

/// <summary>
/// Where volumes lie as directory trees. All of it can be made again from the metadata and the contents.
/// <code>
/// ID/N/             layer N of a volume
/// ID/N.part/        a layer being built; removed when the server starts
/// variants/MODE/    contents as files with other permissions than usual, by id
/// </code>
/// </summary>
internal sealed class TreeLayout(string directory)
{
    private const string PartSuffix = ".part";

    public string Directory { get; } = directory;

    public string Variants { get; } = Path.Combine(directory, "variants");

    public string Volume(string id) => Path.Combine(Directory, id);

    public string Layer(string id, long number) => Path.Combine(Directory, id, number.ToString());

    public string Part(string id, long number) => Layer(id, number) + PartSuffix;

    public string Variant(int mode, string content) => Path.Combine(Variants, Convert.ToString(mode, 8), content);
}
