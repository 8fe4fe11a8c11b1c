namespace Appliance.Tests.EndToEnd.Python;

/// <summary>A test of an image with Python, which build/test makes; skipped, and said so, where that could not be made.</summary>
public sealed class PythonFactAttribute : FactAttribute
{
    public static readonly string ImagePath =
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(PublishedAppliance.ExecutablePath)!, "..", "obj", "python-image"));

    public PythonFactAttribute()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Skip = "needs root";
        }
        else if (!Directory.Exists(ImagePath))
        {
            Skip = "needs what 'build/python-image build/obj/python-image' makes";
        }
    }
}
