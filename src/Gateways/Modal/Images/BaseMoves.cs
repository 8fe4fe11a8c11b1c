using Appliance.Core.Errors;
using Appliance.Images.Catalog;
using Appliance.Images.Dockerfiles;
using Appliance.Metadata.Images;
using Appliance.Metadata.Transactions;
using Image = Appliance.Protos.Modal.Image;

namespace Appliance.Gateways.Modal.Images;

/// <summary>
/// Which base images have changed under their names. Somebody who imports a newer base expects builds to begin with it;
/// one that is only fetched for the first time, in the middle of a build, changes nothing.
/// </summary>
internal static class BaseMoves
{
    /// <summary>A text for each base that has changed; none for most builds.</summary>
    public static IReadOnlyList<string> Of(ReadTransaction read, Image image)
    {
        try
        {
            return [.. BasesOf(image).SelectMany(name => Of(read, ImageReference.Read(name).Full))];
        }
        catch (ApplianceException)
        {
            // The build says what is wrong with the definition.
            return [];
        }
    }

    private static IEnumerable<string> Of(ReadTransaction read, string reference)
    {
        foreach (string? name in (string?[])[reference, ImageStandIns.Find(read, reference)])
        {
            if (name is not null && ImageTagMoves.Count(read, name) is > 0 and long count)
            {
                yield return $"{name} {count}";
            }
        }
    }

    /// <summary>Those that are named outright: what a variable says is known to the build only.</summary>
    private static IEnumerable<string> BasesOf(Image image)
    {
        IEnumerable<FromInstruction> stages = DockerfileParser.Parse(string.Join('\n', image.DockerfileCommands)).Instructions.OfType<FromInstruction>();
        return stages
            .Select(from => from.Image)
            .Where(name => !name.Contains('$') && image.BaseImages.All(given => given.DockerTag != name));
    }
}
